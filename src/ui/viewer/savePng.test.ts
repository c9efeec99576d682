import { describe, expect, it } from 'vitest';
import { captionOf, layoutPanes, panesToPng, readableFactor } from './savePng';
import type { SliceImage } from './types';

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
