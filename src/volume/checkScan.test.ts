import { describe, expect, it } from 'vitest';
import { makeImage } from '../../test/makeImage';
import { headPhantom } from '../../test/makeNifti';
import { noiseWarning } from './checkInput';
import { checkPlan, checkScan, isAbsurdSize } from './checkScan';
import type { Image3, Shape3 } from './image';
import { scanMeasures } from './scanMeasures';
import { coverOf, planSlices } from './slices';

const SHAPE: Shape3 = [128, 128, 30];

/** A head with some texture at 1.7 x 1.7 x 5 mm. */
function headImage(change: Partial<Image3> = {}): Image3 {
  const shape = change.shape ?? SHAPE;
  const voxels = headPhantom(shape).map((value, n) => (value > 0 ? value + (n % 101) : n % 3));
  return { ...makeImage(shape, voxels, { zooms: [1.7, 1.7, 5] }), ...change };
}

const swapped = (value: number) => ((value & 0xff) << 8) | (value >> 8);

const alone = (image: Image3) => ({ image, volumeCount: 1, volumeIndex: 0, remarks: [] });

describe('checkScan', () => {
  it('has nothing to say about an ordinary head', () => {
    const scan = headImage();
    expect(checkScan(alone(scan))).toEqual([]);
    expect(checkPlan(scan, planSlices(scan, { pixelSize: 1.875, size: 128 }))).toEqual([]);
  });

  const ordinary = headImage().voxels;
  const oddities: [string, Partial<Image3>, RegExp][] = [
    [
      'negative',
      { voxels: ordinary.map((v, n) => (n % 50 === 0 ? -5 : v)) },
      /2\.0 % of the voxels are negative/,
    ],
    [
      'NaN',
      { voxels: ordinary.map((v, n) => (n === 5 ? Number.NaN : v)) },
      /^1 voxel \(less than 0\.1 %\) is NaN/,
    ],
    [
      'infinite',
      { voxels: ordinary.map((v, n) => (n < 4916 ? Number.POSITIVE_INFINITY : v)) },
      /^4,916 voxels \(1\.0 %\) are infinite/,
    ],
    [
      'shifted',
      { voxels: ordinary.map((v) => v + 1000) },
      /^The background is not dark \(about 1001,.*subtract/,
    ],
    [
      'inverted',
      { voxels: ordinary.map((v) => 1000 - v) },
      /^The background is brighter than the head .*invert it/,
    ],
    [
      'air at 1000',
      { voxels: ordinary.map((v) => (v < 3 ? 1000 : v)) },
      /^The background is brighter .*set the background to 0/,
    ],
    [
      'noise about the head',
      { voxels: ordinary.map((v, n) => (v < 3 ? 200 + ((n * 7919) % 700) : v)) },
      /^The sides .* not dark/,
    ],
    [
      'standardised',
      { voxels: ordinary.map((v) => (v - 300) / 250) },
      /^\d+ % .* negative, down to -1\.2.*z-scores/,
    ],
    ['-1 to 1', { voxels: ordinary.map((v) => v / 501 - 1) }, /negative, down to -1,/],
    [
      'hot',
      { voxels: ordinary.map((v, n) => (n % 300 === 0 ? 15_000 : v)) },
      /^A few voxels \(0\.3 %\) are far brighter than all others, up to 15000 .*without these hot voxels/,
    ],
    [
      'hot, many',
      { voxels: ordinary.map((v, n) => (n % 100 === 0 ? 15_000 : v + (n % 997) / 997)) },
      /^A few voxels \(1\.0 %\) are far brighter .*remove these spikes/,
    ],
    ...[4000, 10_000, 65_535].map((air): [string, Partial<Image3>, RegExp] => [
      `air at ${air}`,
      { voxels: ordinary.map((v) => (v < 3 ? air : v)) },
      /^The background is brighter than the head .*set the background to 0/,
    ]),
    [
      'noisy air far brighter than the head',
      { voxels: ordinary.map((v, n) => (v < 3 ? 10_000 + ((n * 7919) % 500) : v)) },
      /^The background is brighter than the head/,
    ],
    [
      'all 0',
      { voxels: new Float32Array(ordinary.length) },
      /^Every .* number is 0: the image shows nothing/,
    ],
    [
      'all 1',
      { voxels: new Float32Array(ordinary.length).fill(1) },
      /^Every voxel that holds a number is 1:/,
    ],
    ['all NaN', { voxels: new Float32Array(ordinary.length).fill(Number.NaN) }, /\(100 %\) are NaN/],
    [
      'two values',
      { voxels: ordinary.map((v) => (v < 3 ? 0 : 1)) },
      /^The image has only 2 different values/,
    ],
    ['tiny', { voxels: ordinary.map((v) => v * 1e-43) }, /^Values are too small to be calculated with/],
    [
      'a negative slope',
      { voxels: ordinary.map((v) => -v) },
      /^No voxel is above 0 \(values are -1000 to 0\)/,
    ],
    ['all below 0', { voxels: ordinary.map((v) => v - 1001) }, /^No voxel is above 0 .*shift the values/],
    ['phase', { voxels: ordinary.map((v, n) => 4 * v - 3000 + ((n * 7919) % 2000)) }, /phase or difference/],
    [
      'swapped bytes, signed',
      { voxels: Float32Array.from(Int16Array.from(ordinary, swapped)) },
      /^Values \(-\d+ to \d+\) look like .* the wrong byte order/,
    ],
    [
      'swapped bytes, unsigned',
      { voxels: ordinary.map(swapped) },
      /^Values \(0 to \d+\) .* wrong byte order/,
    ],
    [
      'a bright part',
      { voxels: ordinary.map((v, n) => (n % 128 < 26 ? 4000 : v)) },
      /^A part of the scan \(20 %\) is far brighter than all the rest .*set this part to 0/,
    ],
    ...[0.2, 0.4, 0.8, 1.2, 2, 3].map((share): [string, Partial<Image3>, RegExp] => [
      `spikes of ${share} %, five times as bright`,
      { voxels: ordinary.map((v, n) => ((n * 7919) % 1000 < 10 * share ? 5000 : v)) },
      /^A few voxels .* are far brighter .*remove these spikes/,
    ]),
    ['labels', { voxels: headPhantom(SHAPE) }, /^The image has only 7 different values/],
    ['thick', { zooms: [1.7, 1.7, 8] }, /8 mm apart/],
    ['small field', { zooms: [0.5, 0.5, 5] }, /64 x 64 mm/],
    ['coarse', { zooms: [3, 3, 5] }, /Axial pixels are 3 mm/],
    ['sagittal', { zooms: [2.2, 1.1, 1] }, /not made in axial slices/],
    [
      'few slices',
      { shape: [128, 128, 1], voxels: headImage({ shape: [128, 128, 1] }).voxels },
      /only 1 axial slice:/,
    ],
    [
      'metres',
      { zooms: [0.0017, 0.0017, 0.005] },
      /^The scan is 0\.22 x 0\.22 x 0\.15 mm large.*0\.0017 x 0\.0017 x 0\.005 mm/,
    ],
    ['large voxels', { zooms: [500, 500, 500] }, /^The scan is 64000 x 64000 x 15000 mm large/],
    [
      'tiny matrix',
      { shape: [60, 100, 30], zooms: [2.4, 2.4, 5], voxels: headImage({ shape: [60, 100, 30] }).voxels },
      /only 60 x 100/,
    ],
  ];
  it.each(oddities)('tells: %s', (_, change, message) => {
    const warnings = checkScan(alone(headImage(change)));
    expect(warnings.filter((warning) => message.test(warning)).length).toBe(1);
    for (const warning of warnings) expect(warning).toMatch(/^[A-Z0-9].*\.$/);
  });

  it('tells which of several volumes it is', () => {
    expect(checkScan({ image: headImage(), volumeCount: 3, volumeIndex: 1, remarks: [] })).toEqual([
      'The file has 3 volumes, 0 to 2: this is volume 1, the others are not used.',
    ]);
  });

  describe('hot voxels', () => {
    const textured = ordinary.map((v, n) => v + (n % 997) / 997);
    const count = textured.length;
    // Evenly over the scan, so that they lie in the head as well.
    const withHot = (hot: number, times: number) => {
      const step = Math.floor(count / hot);
      return headImage({
        voxels: textured.map((v, n) => (n % step === Math.floor(step / 2) ? times * 1000 : v)),
      });
    };
    const shares = [1, 3, 30, Math.round(0.003 * count), Math.round(0.01 * count)];
    const cases = shares.flatMap((hot) => [3, 15, 1000].map((times) => [hot, times] as const));
    it.each(cases)('%d of them, %d times as bright: one sentence or none', (hot, times) => {
      const scan = withHot(hot, times);
      const measures = scanMeasures(scan);
      const warnings = checkScan(alone(scan), measures);
      const isTold = times > 3;
      expect(warnings.map((text) => text.slice(0, 9))).toEqual(
        isTold ? [hot === 1 ? 'One voxel' : 'A few vox'] : [],
      );
      // Beside it nothing that the hot voxels alone make look so.
      if (measures.intensities().disturbed) return;
      const found = measures.statistics(measures.frameOf('foreground-median'));
      expect(found && noiseWarning(found)).toBeUndefined();
    });
  });

  it('tells spikes from a label map', () => {
    const textured = ordinary.map((v, n) => v + (n % 997) / 997);
    const spiked = checkScan(alone(headImage({ voxels: textured.map((v, n) => (n % 900 === 0 ? 1e5 : v)) })));
    expect(spiked).toHaveLength(1);
    expect(spiked[0]).toMatch(
      /^A few voxels \(0\.1 %\) are far brighter.*scaled without these hot voxels.*\.$/,
    );
    expect(checkScan(alone(headImage({ voxels: textured })))).toEqual([]);
    // A small lesion's mask has no other values.
    const mask = checkScan(alone(headImage({ voxels: ordinary.map((_, n) => (n % 900 === 0 ? 1 : 0)) })));
    expect(mask).toHaveLength(1);
    expect(mask[0]).toMatch(/only 2 different values,/);
  });

  it('leaves to the model whether CT suits it', () => {
    // Bone is above water (0).
    expect(checkScan(alone(headImage({ voxels: ordinary.map((v) => 2 * v - 1000) })))).toEqual([]);
  });

  it('says of a small field of view no second sentence', () => {
    const scan = headImage({ zooms: [0.5, 0.5, 5] });
    expect(checkPlan(scan, planSlices(scan, { pixelSize: 1.875, size: 128 }))).toEqual([]);
  });

  it('tells when the model sees only part of the head, or the head fills little of its view', () => {
    const scan = headImage();
    const narrow = checkPlan(scan, planSlices(scan, { pixelSize: 1, size: 128 }));
    expect(narrow.length).toBe(1);
    expect(narrow[0]).toMatch(/^\d+ % of the head lies outside.*128 mm/);
    const wide = checkPlan(scan, planSlices(scan, { pixelSize: 4, size: 128 }));
    expect(wide.length).toBe(1);
    expect(wide[0]).toMatch(/less than half/);
  });
});

describe('an absurd size', () => {
  it.each([0.01, 500])('is one sentence, whatever the model: voxels of %d mm', (side) => {
    const image = headImage({ zooms: [side, side, side] });
    expect(checkScan(alone(image))).toEqual([
      expect.stringMatching(/^The scan is .* mm large, which no head is/),
    ]);
    expect(isAbsurdSize(image)).toBe(true);
    expect(isAbsurdSize({ shape: [256, 256, 1], zooms: [1, 1, 1] })).toBe(false);
  });

  it('is refused where all of it would be laid on the model', () => {
    const image = headImage({ zooms: [500, 500, 500] });
    const plan = planSlices(image, { pixelSize: 1, size: 64 });
    expect(() => coverOf(plan)).toThrow(/must be up to 8192 .* got 64000; check the scan's voxel size/);
  });
});
