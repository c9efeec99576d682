import { describe, expect, it } from 'vitest';
import { volumeSlices } from '../engine/training/dataset';
import { BadRequest } from '../errors';
import type { Shape3 } from './image';
import { foregroundThreshold } from './intensity';
import { PHANTOM_CONTRASTS, type PhantomAnatomy, phantomAnatomy, phantomVolume } from './phantom';
import { SUBVOXELS } from './phantomAnatomy';
import { TISSUE } from './signalEquations';

/** Park and Miller's generator: a test needs no better. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** Coarser than the default, the same head. */
const grid: { shape: Shape3; zooms: Shape3 } = { shape: [64, 75, 24], zooms: [3, 3, 5] };
const scan = (anatomy: PhantomAnatomy, contrast: string, seed = 5) =>
  phantomVolume(anatomy, contrast, { name: `phantom-01_${contrast}`, uniform: draws(seed) });
const image = (...which: Parameters<typeof scan>) => scan(...which).image;

/** By tissue, the voxels that hold nothing else. */
function pureVoxels({ shape: [ni, nj, nk], labels }: PhantomAnatomy): number[][] {
  const row = ni * SUBVOXELS;
  const pure: number[][] = Object.values(TISSUE).map(() => []);
  for (let at = 0; at < ni * nj * nk; at++) {
    const from = (at % ni) * SUBVOXELS + Math.floor(at / ni) * SUBVOXELS * row;
    const [first, ...others] = [from, from + 1, from + row, from + row + 1].map((sub) => labels[sub]);
    if (others.every((label) => label === first)) pure[first].push(at);
  }
  return pure;
}

/** A subject whose lesions fill some voxels; not all have any. */
const { anatomy, pure } = [1, 2, 3, 4, 5, 6, 7, 8]
  .map((seed) => phantomAnatomy(draws(seed), grid))
  .map((anatomy) => ({ anatomy, pure: pureVoxels(anatomy) }))
  .find(({ pure }) => pure[TISSUE.lesion].length >= 10)!;

function means(contrast: string): Record<keyof typeof TISSUE, number> {
  const { voxels } = image(anatomy, contrast);
  const mean = (at: number[]) => at.reduce((sum, n) => sum + voxels[n], 0) / at.length;
  return Object.fromEntries(
    Object.entries(TISSUE).map(([name, tissue]) => [name, mean(pure[tissue])]),
  ) as Record<keyof typeof TISSUE, number>;
}

describe('phantomVolume', () => {
  it('has white over grey matter over CSF in T1w, and lesions darker than white matter', () => {
    const { whiteMatter, deepGrey, greyMatter, csf, lesion, fat, skull } = means('T1w');
    expect([fat, whiteMatter, deepGrey, greyMatter, csf, skull]).toEqual(
      [fat, whiteMatter, deepGrey, greyMatter, csf, skull].toSorted((a, b) => b - a),
    );
    expect(lesion).toBeLessThan(whiteMatter);
  });

  it('has CSF over grey over white matter in T2w', () => {
    const { whiteMatter, greyMatter, csf, lesion } = means('T2w');
    expect(csf).toBeGreaterThan(greyMatter);
    expect(greyMatter).toBeGreaterThan(whiteMatter);
    expect(lesion).toBeGreaterThan(greyMatter);
  });

  it('has grey over white matter in PDw, less apart than in T2w', () => {
    const [pd, t2] = [means('PDw'), means('T2w')];
    expect(pd.greyMatter).toBeGreaterThan(pd.whiteMatter);
    expect(pd.greyMatter / pd.whiteMatter).toBeLessThan(t2.greyMatter / t2.whiteMatter);
  });

  it('has CSF darkest, grey over white matter and lesions brightest in FLAIR', () => {
    const { whiteMatter, deepGrey, greyMatter, csf, lesion, fat } = means('FLAIR');
    const brain = [lesion, greyMatter, deepGrey, whiteMatter, csf];
    expect(brain).toEqual(brain.toSorted((a, b) => b - a));
    expect(fat).toBeGreaterThan(greyMatter);
    // Nulled: what is left is mostly noise, 1 to 2 % of white matter.
    expect(csf).toBeLessThan(0.05 * whiteMatter);
  });

  it('is aligned over contrasts: the tissues that give signal are the same voxels', () => {
    for (const contrast of PHANTOM_CONTRASTS) {
      const { voxels } = image(anatomy, contrast, contrast.length);
      const threshold = foregroundThreshold(voxels);
      const bright = (tissue: number) => pure[tissue].filter((at) => voxels[at] > threshold).length;
      for (const tissue of [TISSUE.air, TISSUE.skull]) expect(bright(tissue)).toBe(0);
      for (const tissue of [TISSUE.fat, TISSUE.greyMatter, TISSUE.whiteMatter])
        expect(bright(tissue)).toBe(pure[tissue].length);
    }
  });

  it('is no mere map of grey values: what T1w shows alike, FLAIR shows apart', () => {
    const [t1, flair] = [means('T1w'), means('FLAIR')];
    // Their signals are 1 % apart; the shading is up to 9 % between two places.
    expect(Math.abs(t1.lesion / t1.deepGrey - 1)).toBeLessThan(0.1);
    expect(flair.lesion / flair.deepGrey).toBeGreaterThan(2);
  });

  it('gives the same bytes for the same draws, and others for others', () => {
    // As Buffers: Vitest compares typed arrays value by value, which takes a second.
    const made = (seed: number) =>
      Buffer.from(image(phantomAnatomy(draws(seed), grid), 'T1w', seed).voxels.buffer);
    expect(made(7).equals(made(7))).toBe(true);
    expect(made(7).equals(made(8))).toBe(false);
  });

  it('says where it lies: the middle of the grid is the origin', () => {
    const { name, image: made } = scan(anatomy, 'T2w');
    const { shape, zooms, affine } = made;
    expect({ name, shape, zooms }).toEqual({ name: 'phantom-01_T2w', ...grid });
    expect(affine).toEqual([
      [3, 0, 0, -94.5],
      [0, 3, 0, -111],
      [0, 0, 5, -57.5],
      [0, 0, 0, 1],
    ]);
  });

  it('takes PD for PDw', () => {
    const made = (contrast: string) => Buffer.from(image(anatomy, contrast).voxels.buffer);
    expect(made('PD').equals(made('PDw'))).toBe(true);
  });

  it('refuses an unknown contrast, and a name that does not say what it is', () => {
    expect(() => scan(anatomy, 'SWI')).toThrow(
      new BadRequest('phantom: contrast must be one of T1w, T2w, PDw, FLAIR, got SWI; choose one of them'),
    );
    const name = 'sub-01_T1w';
    expect(() => phantomVolume(anatomy, 'T1w', { name, uniform: draws(1) })).toThrow(
      'phantom: name must say that it is a phantom, got sub-01_T1w; call it phantom-sub-01_T1w',
    );
  });
});

describe('phantomAnatomy', () => {
  it('differs between subjects', () => {
    const [one, other] = [phantomAnatomy(draws(1), grid).labels, phantomAnatomy(draws(2), grid).labels];
    const apart = one.filter((label, at) => label !== other[at]).length / one.length;
    expect(apart).toBeGreaterThan(0.05);
  });

  it('is a head: every subject has all tissues but lesions, in sensible shares, and leaves the grid free', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const { labels, shape } = phantomAnatomy(draws(seed), grid);
      const counts: number[] = Object.values(TISSUE).map(() => 0);
      for (const label of labels) counts[label]++;
      const [, , , csf, grey, white, deep, lesion] = counts;
      const brain = csf + grey + white + deep + lesion;
      expect(counts.slice(0, 7).every((count) => count > 0)).toBe(true);
      // Bounds about what these draws give: 13-22 % CSF, 30-35 % grey, 44-54 % white matter.
      expect(grey / brain).toBeGreaterThan(0.25);
      expect(white / brain).toBeGreaterThan(0.4);
      expect(csf / brain).toBeLessThan(0.25);
      expect(lesion / brain).toBeLessThan(0.01);
      const row = shape[0] * SUBVOXELS;
      const edge = labels.filter((_, at) => at % row === 0 || at % row === row - 1);
      expect(edge.every((label) => label === TISSUE.air)).toBe(true);
      expect(labels.slice(-row * shape[1] * SUBVOXELS).every((label) => label === TISSUE.air)).toBe(true);
    }
  });

  it('makes slices that can be trained on', () => {
    const uniform = draws(3);
    const { image } = phantomVolume(phantomAnatomy(uniform), 'T1w', { name: 'phantom-03_T1w', uniform });
    const set = volumeSlices(image, 'phantom-03', {
      size: 128,
      pixelSize: 1.875,
      intensity: 'foreground-p99.5',
    });
    expect(image.voxels).toHaveLength(96 * 112 * 24);
    expect(set.count).toBeGreaterThanOrEqual(18);
  });
});
