import { afterEach, describe, expect, it, vi } from 'vitest';
import { PLANE_EDGES } from '../../volume/planes';
import { captionOf, layoutPanes, layoutRows, panesToPng, readableFactor, rowsToPng } from './savePng';
import type { PngPane, SliceImage } from './types';

function pane(width: number, height: number, spacing: [number, number]): { image: SliceImage } {
  return { image: { pixels: new Float32Array(width * height), width, height, spacing, min: 0, max: 1 } };
}

describe('layoutPanes', () => {
  it('sets panes side by side at native size times the factor', () => {
    const layout = layoutPanes([pane(100, 120, [1, 1]), pane(80, 60, [2, 2])], 2);
    expect(layout.boxes).toEqual([
      { x: 8, y: 28, width: 200, height: 240 },
      { x: 216, y: 28, width: 160, height: 120 },
    ]);
    expect([layout.width, layout.height]).toEqual([384, 296]);
  });

  it('stretches the coarser axis of non-square pixels', () => {
    expect(layoutPanes([pane(100, 40, [0.5, 1.5])], 1).boxes[0]).toMatchObject({ width: 100, height: 120 });
    expect(layoutPanes([pane(100, 40, [1.5, 0.5])], 1).boxes[0]).toMatchObject({ width: 300, height: 40 });
  });
});

const WINDOW = { center: 0.5, width: 1 };
const titled = (title: string, width = 100): PngPane => ({
  title,
  ...pane(width, 50, [1, 1]),
  window: WINDOW,
  colormap: 'gray',
  edges: PLANE_EDGES.coronal,
});

describe('layoutRows', () => {
  it('leaves every place in its column, also of one that has no image in any row', () => {
    const missing = { title: 'B', empty: 'not made' };
    const rows = [
      [titled('A'), missing, titled('C', 200), titled('D')],
      [titled('|A|'), null, null, null],
    ];
    const { width, height, places } = layoutRows(rows, 1);
    const xs = places.map(({ place, box }) => [place?.title ?? null, box.x, box.y]);
    expect(xs).toEqual([
      ['A', 8, 28],
      ['B', 116, 28],
      ['C', 224, 28],
      ['D', 432, 28],
      ['|A|', 8, 106],
      [null, 116, 106],
      [null, 224, 106],
      [null, 432, 106],
    ]);
    expect([width, height]).toEqual([540, 184]);
  });

  it('does so for a first and a last column, and rows of other lengths', () => {
    const missing = { title: 'B', empty: 'not made' };
    expect(layoutRows([[missing, titled('A'), missing]], 1).places.map(({ box }) => box.x)).toEqual([
      8, 116, 224,
    ]);
    expect(layoutRows([[titled('A')], [titled('A'), titled('B')]], 1).places).toHaveLength(3);
  });
});

describe('readableFactor', () => {
  it('enlarges small images by a whole number', () => {
    expect(readableFactor([pane(181, 217, [1, 1]), pane(512, 512, [1, 1])])).toBe(2);
    expect(readableFactor([pane(512, 512, [1, 1])])).toBe(1);
  });
});

describe('captionOf', () => {
  it('says synthetic where a pane is, and not of scans alone', () => {
    expect(captionOf([{}, { badge: 'Synthetic' }])).toBe('Synthetic, research only');
    expect(captionOf([{}, {}])).toBe('Research only');
  });
});

describe('panesToPng', () => {
  it('refuses to save nothing', async () => {
    await expect(panesToPng([])).rejects.toThrow('needs at least one pane');
  });
});

describe('rowsToPng', () => {
  afterEach(() => vi.unstubAllGlobals());

  /** Texts with their places, as they are drawn. */
  function drawnTexts(): [string, number, number][] {
    const drawn: [string, number, number][] = [];
    class Canvas {
      getContext = () => ({
        fillRect: () => undefined,
        putImageData: () => undefined,
        drawImage: () => undefined,
        strokeText: () => undefined,
        fillText: (text: string, x: number, y: number) => drawn.push([text, x, y]),
      });
      convertToBlob = async () => new Blob(['png']);
    }
    vi.stubGlobal('OffscreenCanvas', Canvas);
    vi.stubGlobal(
      'ImageData',
      class {
        data = { set: () => undefined };
      },
    );
    return drawn;
  }

  it('says in the place of an image that is not there why, and puts the others under their own titles', async () => {
    const drawn = drawnTexts();
    const rows = [
      [titled('A'), { title: 'B', empty: 'not made' }, titled('C')],
      [titled('|A|'), null, titled('|C|')],
    ];
    expect((await rowsToPng(rows, { factor: 1 })).size).toBe(3);
    expect(drawn).toEqual(
      expect.arrayContaining([
        ['A (0 to 1)', 8, 14],
        ['B', 116, 14],
        ['not made', 166, 53],
        ['C (0 to 1)', 224, 14],
        ['|A| (0 to 1)', 8, 92],
        ['|C| (0 to 1)', 224, 92],
      ]),
    );
  });

  it("burns the sides of the head into every image, as the pane's plane has them", async () => {
    const drawn = drawnTexts();
    await panesToPng([titled('A'), titled('B')], 1);
    expect(drawn.filter(([text]) => /^[A-Z]$/.test(text))).toEqual([
      ['L', 22, 53],
      ['R', 94, 53],
      ['S', 58, 42],
      ['I', 58, 64],
      ['L', 130, 53],
      ['R', 202, 53],
      ['S', 166, 42],
      ['I', 166, 64],
    ]);
  });
});
