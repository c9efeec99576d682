/**
 * A ref that keeps its element's height, in pixels, in a custom property of the page while it is there: for the style of what
 * must stay clear of it. Make it once, outside of the component: another ref would measure anew each time.
 */
export function heightProperty(name: `--${string}`): (element: HTMLElement) => () => void {
  return (element) => {
    const { style } = document.documentElement;
    const observer = new ResizeObserver(([{ borderBoxSize }]) =>
      style.setProperty(name, `${borderBoxSize[0].blockSize}px`),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      style.removeProperty(name);
    };
  };
}

/** Of the bar with a room's big button, of which there is one at a time. */
export const runPanelHeight = heightProperty('--run-panel-height');
