/** The pictures of one slice as data: source, what each model makes of it, the real image, and how far they are from it. */
import { type EdgeLetters, PLANE_EDGES } from '../../../../volume/planes';
import type { ComparedSlice } from '../../../../workers/translate/protocol';
import type { Colormap, SliceImage, WindowLevel } from '../../../viewer/types';
import { sliceKey } from './selectors';
import type { Asked, CompareData } from './types';

export interface GridPane {
  id: string;
  title: string;
  /** "Synthetic". */
  badge?: string;
  image: SliceImage;
  window: WindowLevel;
  colormap: Colormap;
  edges: EdgeLetters;
}

export interface GridColumn {
  id: string;
  title: string;
  /** Null where it is not made. */
  image: GridPane | null;
  /** |image - reference|; null where one of them is not there, and of the reference itself. */
  difference: GridPane | null;
}

/** In the place of such an image, on the page and in its PNG. */
export const NOT_MADE = 'not made';

/** Between the values that a model calls -1 and +1. */
const WHOLE: WindowLevel = { center: 0.5, width: 1 };
/** One for all, so that the pictures can be compared. */
export const DIFFERENCES: WindowLevel = { center: 0.15, width: 0.3 };

export function pictureGrid(
  { made }: Pick<CompareData, 'made'>,
  { task, models }: Pick<Asked, 'task' | 'models'>,
  place: { pairId: string; index: number },
): GridColumn[] {
  const sliceOf = (of: string) => {
    const found = made.get(sliceKey({ ...place, of }));
    return found ? imageOf(found) : null;
  };
  const reference = sliceOf('reference');
  const column = (id: string, title: string, badge?: string): GridColumn => {
    const image = sliceOf(id);
    const pane = (own: SliceImage, name: string, window: WindowLevel, colormap: Colormap): GridPane => ({
      ...{ id, title: name, image: own, window, colormap, edges: PLANE_EDGES.axial },
      ...(badge && { badge }),
    });
    const isHeld =
      image && reference && id !== 'reference' && reference.pixels.length === image.pixels.length;
    return {
      id,
      title,
      image: image && pane(image, title, WHOLE, 'gray'),
      difference: isHeld
        ? pane(differenceOf(image, reference), `|${title} − real ${task.target}|`, DIFFERENCES, 'heat')
        : null,
    };
  };
  return [
    column('source', `Source ${task.source}`),
    ...models.map(({ id, name }) => column(id, name, 'Synthetic')),
    column('reference', `Real ${task.target}`),
  ];
}

function imageOf({ pixels, width, height, spacing }: ComparedSlice): SliceImage {
  return {
    pixels: Float32Array.from(pixels, (value) => value / 65535),
    width,
    height,
    spacing,
    min: 0,
    max: 1,
  };
}

function differenceOf(one: SliceImage, other: SliceImage): SliceImage {
  return { ...one, pixels: one.pixels.map((value, n) => Math.abs(value - other.pixels[n])) };
}
