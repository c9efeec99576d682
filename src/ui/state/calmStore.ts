/**
 * The state as the page's rails follow it: at once, but for what changes many times a second while one scrolls through the slices or a
 * run goes on. That they get at a spacing, and the last of it when it rests, so that few steps through the slices draw more than the images.
 */
import type { AppStore } from './store';
import type { AppState, ResultSet, Run } from './types';

/** Milliseconds from one of the quick changes that is shown to the next. */
export const SPACING = 500;
/** The same while one scrolls, and looks at the images. */
export const SPACING_OF_STEPS = 1000;
/** Slower than a wheel or a held key goes on. */
export const REST = 120;

export type ReadStore = Pick<AppStore, 'getState' | 'getInitialState' | 'subscribe'>;

/**
 * Follows `store` while somebody listens.
 * @param now milliseconds, monotonic
 */
export function calmStore(store: ReadStore, now: () => number): ReadStore {
  const listeners = new Set<Parameters<ReadStore['subscribe']>[0]>();
  let shown = store.getState();
  let shownAt = Number.NEGATIVE_INFINITY;
  let whenAtRest: ReturnType<typeof setTimeout> | undefined;
  let stopFollowing: (() => void) | undefined;

  function show(): void {
    clearTimeout(whenAtRest);
    whenAtRest = undefined;
    const before = shown;
    shown = store.getState();
    shownAt = now();
    for (const listener of listeners) listener(shown, before);
  }

  function follow(state: AppState): void {
    const isScrolled = state.view.slice !== shown.view.slice;
    const wait = shownAt + (isScrolled && whenAtRest !== undefined ? SPACING_OF_STEPS : SPACING) - now();
    if (!isQuick(shown, state) || wait <= 0) show();
    else {
      clearTimeout(whenAtRest);
      // While one scrolls it is shown with one of the steps: at a time of its own the page would be drawn once more.
      whenAtRest = setTimeout(show, isScrolled ? REST : wait);
    }
  }

  return {
    getState: () => (stopFollowing ? shown : store.getState()),
    getInitialState: store.getInitialState,
    subscribe(listener) {
      if (!stopFollowing) {
        shown = store.getState();
        stopFollowing = store.subscribe(follow);
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearTimeout(whenAtRest);
        whenAtRest = undefined;
        stopFollowing?.();
        stopFollowing = undefined;
      };
    },
  };
}

/** Whether nothing differs but which slice is looked at, how far the run is, and what it has brought. */
function isQuick(a: AppState, b: AppState): boolean {
  return same(a, b, {
    view: (a, b) => same(a, b, { slice: () => true }),
    run: (a, b) => a !== null && b !== null && same<Run>(a, b, { progress: () => true }),
    results: (a, b) =>
      a.length === b.length &&
      a.every((set, n) => same<ResultSet>(set, b[n], { version: () => true, scores: () => true })),
  });
}

/** Whether all fields are the same, or the same by the rule that is given for them. */
function same<T extends object>(
  a: T,
  b: T,
  rules: { [Key in keyof T]?: (a: T[Key], b: T[Key]) => boolean },
): boolean {
  return (Object.keys(b) as (keyof T)[]).every(
    (key) => a[key] === b[key] || (rules[key]?.(a[key], b[key]) ?? false),
  );
}
