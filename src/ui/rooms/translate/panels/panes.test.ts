import { describe, expect, it } from 'vitest';
import { fakeCard, fakeScan, fakeSlice } from '../../../../../test/fakeClient';
import { quantise } from '../../../viewer/quantise';
import { probeText } from '../../../viewer/readout';
import { addToVolume, emptyVolume } from '../state/madeVolume';
import { type PaneInput, panesOf } from './panes';

const source = fakeScan('s', 'a.nii');
const made = (spread: Float32Array | null = null) => {
  const volume = emptyVolume(source, spread ? 2 : 1);
  addToVolume(volume, { ...fakeSlice(4, 0), spread }, 'wasm');
  return volume;
};
const input: PaneInput = {
  source,
  reference: null,
  made: made(),
  card: fakeCard('T1w', 'FLAIR'),
  slice: 4,
  mode: 'side',
  mix: 0.5,
  running: false,
};
const reference = {
  scan: { ...fakeScan('r', 'b.nii'), upper: { 'foreground-p99.5': 40, 'foreground-median': 1 } },
  resampled: false,
  same: false,
  overlap: 1,
};

describe('panesOf', () => {
  it('shows source and synthetic in normalised intensity, the synthetic one badged', () => {
    const [left, right] = panesOf(input);
    // Upper value 20; the slice's voxels are 16..19.
    expect(Array.from(left.image!.pixels)).toEqual([16, 17, 18, 19].map((v) => Math.fround(v / 20)));
    expect(left).toMatchObject({ id: 'source', title: 'Source' });
    expect(left.badge).toBeUndefined();
    expect(right).toMatchObject({ id: 'synthetic', title: 'FLAIR', badge: 'Synthetic' });
    expect(right.image!.pixels[0]).toBeCloseTo(4 / 20, 6);
  });

  it('copies and maps no pixel of a slice that is only looked at', () => {
    for (const [pane, voxels] of [
      [panesOf(input)[0], source.voxels],
      [panesOf(input)[1], input.made!.voxels],
    ] as const) {
      const { pixels, min, max } = pane.image!.unmapped!;
      expect([pixels.buffer, pixels.byteOffset]).toEqual([voxels.buffer, 4 * 4 * 4]);
      // Grey is the same of both.
      const { unmapped, ...mapped } = pane.image!;
      expect(probeText(pane.image!, { i: 1, j: 1 })).toBe(probeText(mapped, { i: 1, j: 1 }));
      expect(quantise({ ...mapped, min: mapped.min, max: mapped.max })).toEqual(
        quantise({ ...mapped, pixels, min, max }),
      );
    }
  });

  it('adds the reference, divided by its own upper value, and the difference from it', () => {
    const panes = panesOf({ ...input, reference });
    expect(panes.map(({ id }) => id)).toEqual(['source', 'synthetic', 'compared', 'reference']);
    expect(panes[2]).toMatchObject({ title: 'Synthetic − reference', colormap: 'diverging' });
    expect(panes[3].image!.pixels[0]).toBeCloseTo(16 / 40, 6);
  });

  it('shows CT in Hounsfield units, in a window of its own', () => {
    const card = fakeCard('T1w', 'CT');
    card.preprocessing.intensity = { source: 'foreground-p99.5', target: 'hu' };
    const [mr, ct, subtracted, real] = panesOf({ ...input, card, reference });
    expect([mr.group, ct.group, real.group]).toEqual(['image', 'hu', 'hu']);
    expect(subtracted.group).toBe('huDifference');
    expect(mr.image!.pixels[0]).toBeCloseTo(16 / 20, 6);
    expect(ct.image).toMatchObject({ min: -1024, max: 2048 });
    expect([ct.image!.pixels[0], real.image!.pixels[0]]).toEqual([4, 16]);
    const [, difference] = panesOf({ ...input, card, reference, mode: 'difference' });
    expect([difference.group, difference.image!.pixels[0]]).toEqual(['huDifference', 4 - 16]);
    // Without a real CT the MR stands in: its 0..1 over the window of -160 to 240 HU.
    const [, blend] = panesOf({ ...input, card, mode: 'blend', mix: 0 });
    expect(blend.group).toBe('hu');
    expect(blend.image!.pixels[0]).toBeCloseTo(-160 + 0.8 * 400, 3);
  });

  it('says what to do where there is no result', () => {
    expect(panesOf({ ...input, made: null })[1]).toMatchObject({
      image: null,
      empty: expect.stringContaining('Press Translate'),
    });
    expect(panesOf({ ...input, made: null, running: true })[1].empty).toMatch(/not done yet/);
  });

  it('badges nothing where there is no synthetic image', () => {
    for (const mode of ['side', 'difference', 'spread'] as const) {
      const panes = panesOf({ ...input, made: null, reference, mode });
      expect(panes.map(({ badge }) => badge)).toEqual(panes.map(() => undefined));
    }
  });

  it('subtracts the source, or the reference where there is one, and says which', () => {
    const [, alone] = panesOf({ ...input, mode: 'difference' });
    expect(alone).toMatchObject({ title: 'Difference: synthetic − source', colormap: 'diverging' });
    expect(alone.image!.pixels[0]).toBeCloseTo(4 / 20 - 16 / 20, 6);
    const [, scored] = panesOf({ ...input, reference, mode: 'difference' });
    expect(scored.title).toBe('Difference: synthetic − reference');
    expect(scored.image!.pixels[0]).toBeCloseTo(4 / 20 - 16 / 40, 6);
  });

  it('blends by the weight of the synthetic image', () => {
    const [, pane] = panesOf({ ...input, mode: 'blend', mix: 0.25 });
    expect(pane.image!.pixels[0]).toBeCloseTo(0.75 * 0.8 + 0.25 * 0.2, 6);
  });

  it('has a spread only from several samples', () => {
    expect(panesOf({ ...input, mode: 'spread' })[1].image).toBeNull();
    const several = made(new Float32Array(4).fill(2));
    expect(panesOf({ ...input, made: several, mode: 'spread' })[1].image!.pixels[0]).toBeCloseTo(0.1, 6);
  });
});
