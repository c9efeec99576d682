/** Whether a hand can get at every control that is on the page: told by the page itself, for all of them at once. */
import type { Page } from '@playwright/test';

interface Wanted {
  /** CSS pixels that the smaller side of a control must have; 0 asks for none. */
  leastTarget?: number;
}

/**
 * What is wrong, one line a fault; empty where nothing is. A control counts as reached if, scrolled to as a user can (up and
 * down, and not within a box that hides what it cuts off), its middle and its corners are its own.
 */
export function unreached(page: Page, { leastTarget = 0 }: Wanted = {}): Promise<string[]> {
  return page.evaluate((least) => {
    const CONTROLS = 'a[href], button, input:not([type="file"]), select, textarea, summary, [tabindex="0"]';
    /** CSS pixels. */
    const LOW = 100;
    const faults: string[] = [];
    const scope = document.querySelector('dialog[open]') ?? document;
    const clips = (value: string) => value === 'hidden' || value === 'clip';

    for (const control of scope.querySelectorAll<HTMLElement>(CONTROLS)) {
      if (!control.checkVisibility({ visibilityProperty: true })) continue;
      const fault = faultOf(control);
      if (fault) faults.push(`${nameOf(control)}: ${fault}`);
    }
    return faults;

    function faultOf(control: HTMLElement): string | null {
      control.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
      // A link within a sentence may be broken over lines.
      const [{ left, top, right, bottom, width, height }] = control.getClientRects();
      if (left < -0.5 || right > document.documentElement.clientWidth + 0.5)
        return 'beyond the side of the page';
      for (let box = control.parentElement; box && box !== document.body; box = box.parentElement) {
        const { display, overflowX, overflowY, position } = getComputedStyle(box);
        if (display === 'contents') continue;
        const edge = box.getBoundingClientRect();
        if (box.scrollLeft !== 0) {
          box.scrollLeft = 0;
          return `only by scrolling .${box.className} sideways`;
        }
        if (clips(overflowY) && box.scrollTop !== 0) {
          box.scrollTop = 0;
          return `cut off by .${box.className}`;
        }
        if (overflowX !== 'visible' && (left < edge.left - 1 || right > edge.right + 1))
          return `cut off at the side by .${box.className}`;
        if (
          overflowY !== 'visible' &&
          height <= box.clientHeight &&
          (top < edge.top - 1 || bottom > edge.bottom + 1)
        )
          return `cut off by .${box.className}`;
        if (position === 'fixed') break;
      }
      const { display, borderTopLeftRadius } = getComputedStyle(control);
      const hasWords = control.matches('a, button, summary') && display !== 'inline';
      if (hasWords && control.scrollWidth > control.clientWidth + 1) return 'its words are cut off';
      const target = control.closest('label')?.getBoundingClientRect() ?? { width, height };
      if (display !== 'inline' && Math.min(target.width, target.height) < least)
        return `${target.width} x ${target.height} pixels are too small for a finger`;
      // The browser scrolls by whole pixels; a round corner is not the control's own.
      const inset = 3 + 0.3 * Number.parseFloat(borderTopLeftRadius);
      const [dx, dy] = [Math.min(inset, width / 2), Math.min(inset, height / 2)];
      const [x, y] = [(left + right) / 2, (top + bottom) / 2];
      const points = [
        [x, y],
        [left + dx, top + dy],
        [right - dx, top + dy],
        [left + dx, bottom - dy],
        [right - dx, bottom - dy],
      ];
      for (const [px, py] of points) {
        const hit = document.elementFromPoint(px, py);
        if (isOf(hit, control)) continue;
        // An image may be higher than what bars leave free of a low screen: each part of it must come into sight.
        if (height > LOW && isOf(hitAfterScroll(px, py), control)) continue;
        return `at ${px.toFixed()}, ${py.toFixed()} lies ${hit ? nameOf(hit) : 'nothing'}`;
      }
      return null;
    }

    function isOf(hit: Element | null, control: HTMLElement): boolean {
      return control.contains(hit) || hit?.closest('label')?.control === control;
    }

    function hitAfterScroll(x: number, y: number): Element | null {
      const before = scrollY;
      scrollBy({ top: y - innerHeight / 3, behavior: 'instant' });
      const hit = document.elementFromPoint(x, y - (scrollY - before));
      scrollTo({ top: before, behavior: 'instant' });
      return hit;
    }

    function nameOf(element: Element): string {
      const label = (element as HTMLInputElement).labels?.[0] ?? element;
      const words = element.getAttribute('aria-label') ?? label.textContent?.trim();
      return `${element.localName}.${element.getAttribute('class') ?? ''} "${words?.slice(0, 40)}"`;
    }
  }, leastTarget);
}

/** Boxes whose content is wider than they are, but for those that are there to be scrolled sideways. */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const SIDEWAYS = '.wide-scroll, .chain, .step-strip';
    return [...document.querySelectorAll('*')].flatMap((element) => {
      const isRoot = element === document.documentElement;
      const { overflowX } = getComputedStyle(element);
      if (!isRoot && (!['auto', 'scroll'].includes(overflowX) || element.matches(SIDEWAYS))) return [];
      const { scrollWidth, clientWidth } = element;
      return scrollWidth > clientWidth
        ? [`${element.localName}.${element.className}: ${scrollWidth} pixels in ${clientWidth}`]
        : [];
    });
  });
}
