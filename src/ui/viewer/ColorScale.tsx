import { gradientOf } from './colormaps';
import { rangeOf } from './readout';
import type { Colormap, WindowLevel } from './types';

/** What the colours of a pane mean: the window's edges with the colours between. */
export function ColorScale({ colormap, window }: { colormap: Colormap; window: WindowLevel }) {
  const [low, high] = rangeOf(window);
  return (
    <span className="color-scale">
      {low}
      <span className="color-scale-bar" style={{ backgroundImage: gradientOf(colormap) }} />
      {high}
    </span>
  );
}
