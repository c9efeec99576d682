import { describe, expect, it } from 'vitest';
import { centreOf, panBy, pixelAt, place, zoomAbout } from './placement';

const image = { width: 100, height: 50, spacing: [1, 3] as const };
const pane = { width: 400, height: 300 };
const fit = { zoom: 1, pan: { x: 0, y: 0 } };

describe('place', () => {
  it('fits an image with non-square pixels true to its mm', () => {
    // 100 mm x 150 mm into 400 x 300: 2 CSS pixels a mm.
    expect(place(image, pane, fit)).toEqual({ left: 100, top: 0, pixelWidth: 2, pixelHeight: 6 });
  });

  it('pans in image pixels, right and down', () => {
    const moved = place(image, pane, { zoom: 2, pan: { x: 10, y: -5 } });
    expect(moved).toEqual({ left: 40, top: -210, pixelWidth: 4, pixelHeight: 12 });
  });
});

describe('pixelAt', () => {
  it('counts j upwards and ends at the edges', () => {
    const placement = place(image, pane, fit);
    expect(pixelAt(image, placement, { x: 100.5, y: 299.5 })).toEqual({ i: 0, j: 0 });
    expect(pixelAt(image, placement, { x: 299.5, y: 0.5 })).toEqual({ i: 99, j: 49 });
    expect(pixelAt(image, placement, { x: 99.5, y: 150 })).toBeNull();
    expect(pixelAt(image, placement, { x: 150, y: 300.5 })).toBeNull();
  });

  it('is the inverse of centreOf', () => {
    const placement = place(image, pane, { zoom: 1.7, pan: { x: 3.25, y: -4.5 } });
    for (const pixel of [
      { i: 0, j: 0 },
      { i: 99, j: 0 },
      { i: 37, j: 49 },
    ]) {
      expect(pixelAt(image, placement, centreOf(image, placement, pixel))).toEqual(pixel);
    }
  });
});

describe('moving', () => {
  it('pans by a distance of the pane', () => {
    expect(panBy(image, pane, fit, { dx: 20, dy: -60 }).pan).toEqual({ x: 10, y: -10 });
  });

  it('never loses the image', () => {
    expect(panBy(image, pane, fit, { dx: 9000, dy: -9000 }).pan).toEqual({ x: 50, y: -25 });
  });

  it('keeps the point under the pointer while zooming', () => {
    const at = { x: 260, y: 80 };
    const before = pixelAt(image, place(image, pane, fit), at);
    const zoomed = zoomAbout(image, pane, fit, 3, at);
    expect(zoomed.zoom).toBe(3);
    expect(pixelAt(image, place(image, pane, zoomed), at)).toEqual(before);
    const p0 = place(image, pane, fit);
    const p1 = place(image, pane, zoomed);
    expect((at.x - p1.left) / p1.pixelWidth).toBeCloseTo((at.x - p0.left) / p0.pixelWidth, 9);
    expect((at.y - p1.top) / p1.pixelHeight).toBeCloseTo((at.y - p0.top) / p0.pixelHeight, 9);
  });

  it('carries the point along with moving fingers', () => {
    const from = { x: 200, y: 150 };
    const to = { x: 230, y: 130 };
    const p0 = place(image, pane, fit);
    const p1 = place(image, pane, zoomAbout(image, pane, fit, 2, from, to));
    expect((to.x - p1.left) / p1.pixelWidth).toBeCloseTo((from.x - p0.left) / p0.pixelWidth, 9);
    expect((to.y - p1.top) / p1.pixelHeight).toBeCloseTo((from.y - p0.top) / p0.pixelHeight, 9);
  });

  it('bounds the zoom', () => {
    expect(zoomAbout(image, pane, fit, 1e6, { x: 0, y: 0 }).zoom).toBe(32);
    expect(zoomAbout(image, pane, fit, 1e-6, { x: 0, y: 0 }).zoom).toBe(0.5);
  });
});
