import { describe, expect, it } from 'vitest';
import { makeNifti, type NiftiRecipe } from '../../../../test/makeNifti';
import { openScan } from '..';

const dims = [20, 24, 6];
const values = new Float32Array(20 * 24 * 6);
const sform = [
  [2, 0, 0, -20],
  [0, 2, 0, -24],
  [0, 0, 5, -15],
];
const qform = { b: 0, c: 0, d: 0, x: -20, y: -24, z: -15 };
const pixdim = [1, 2, 2, 5];
const SIN = Math.sin(0.26);
const COS = Math.cos(0.26);

async function remarks(recipe: Partial<NiftiRecipe>, change: (header: DataView) => void = () => {}) {
  const { file } = makeNifti({ dims, values, ...recipe });
  change(new DataView(file));
  const scan = await openScan([{ name: 'a.nii', blob: new Blob([file]) }]);
  return { remarks: scan.remarks, codes: scan.describe().axisCodes, zooms: scan.image.zooms };
}

describe('contradictions', () => {
  const consistent: [string, Partial<NiftiRecipe>][] = [
    ['both forms alike', { sform, qform, pixdim }],
    ['an sform alone', { sform }],
    ['a qform alone', { qform, pixdim }],
    [
      'an oblique scan',
      {
        sform: [
          [2, 0, 0, 0],
          [0, 2 * COS, -5 * SIN, 0],
          [0, 2 * SIN, 5 * COS, 0],
        ],
      },
    ],
    [
      'an sform to a template',
      {
        sform: [
          [2.05, 0.1, 0, 3],
          [-0.1, 2.05, 0.2, 8],
          [0, -0.1, 5.1, -9],
        ],
        sformCode: 4,
        qform,
        pixdim,
      },
    ],
    ['sizes of float32', { sform, pixdim: [1, 2.00001, 2, 5.0001] }],
  ];
  it.each(consistent)('has nothing to say of %s', async (_, recipe) => {
    expect((await remarks(recipe)).remarks).toEqual([]);
  });

  const half = { ...qform, d: 1 };
  const odd: [string, Partial<NiftiRecipe>, RegExp, string][] = [
    [
      'forms half a turn apart',
      { sform, qform: half, pixdim },
      /differently, by up to 180 degrees; the sform is used/,
      'RAS',
    ],
    [
      'forms that are mirrored',
      { sform: [[-2, 0, 0, 20], sform[1], sform[2]], qform, pixdim },
      /by up to 180 degrees/,
      'LAS',
    ],
    [
      'forms far apart',
      { sform, qform: { ...qform, x: 80 }, pixdim },
      /claim the same space but lie up to 100 mm apart/,
      'RAS',
    ],
    [
      'a quaternion that is none',
      { sform, qform: { ...qform, b: 0.9, c: 0.9 }, pixdim },
      /qform is none that can be read; its sform/,
      'RAS',
    ],
    [
      'other sizes',
      { sform, pixdim: [1, 2, 2, 6] },
      /a voxel is 2 x 2 x 6 mm, its sform 2 x 2 x 5 mm; the sform/,
      'RAS',
    ],
    ['a negative size beside an sform', { sform, pixdim: [1, -2, 2, 5] }, /-2 x 2 x 5 mm, its sform/, 'RAS'],
    [
      'a sheared sform',
      {
        sform: [
          [2, 0.6, 0, 0],
          [0, 2, 0, 0],
          [0, 0, 5, 0],
        ],
        pixdim: [1, 2, 2.09, 5],
      },
      /not perpendicular, by up to 17 degrees/,
      'RAS',
    ],
    ['no form', { pixdim }, /does not say how the scan lies/, 'LAS'],
    ['codes of no form', { sform, sformCode: 9 }, /does not say how the scan lies/, 'LAS'],
    [
      'an sform of zeros',
      {
        sform: [
          [0, 0, 0, 0],
          [0, 0, 0, 0],
          [0, 0, 0, 0],
        ],
        qform: half,
        pixdim,
      },
      /sform does not span three dimensions; its qform is used/,
      'LPS',
    ],
    ['a qfac of 0', { qform, pixdim: [0, 2, 2, 5] }, /pixdim\[0\] is 0 .* read as 1/, 'RAS'],
    ['a negative size', { qform, pixdim: [1, 2, 2, -5] }, /2 x 2 x -5 mm; it is read as 2 x 2 x 5 mm/, 'RAS'],
    ['a slope of NaN', { sform, slope: Number.NaN }, /scl_slope is NaN; values are read as stored/, 'RAS'],
    [
      'an intercept without a slope',
      { sform, slope: 0, intercept: -1024 },
      /scl_slope is 0 and its scl_inter -1024/,
      'RAS',
    ],
  ];
  it.each(odd)('says of %s, in one sentence, what is used', async (_, recipe, sentence, codes) => {
    const found = await remarks(recipe);
    expect(found.remarks).toEqual([expect.stringMatching(sentence)]);
    expect(found.remarks[0]).toMatch(/^The .{20,220}\.$/);
    expect(found.codes).toBe(codes);
  });

  it.each([
    [1, 'metres'],
    [3, 'micrometres'],
  ])('takes lengths of unit %d as mm and says so', async (unit, word) => {
    const found = await remarks({ sform }, (header) => header.setUint8(123, unit | 8));
    expect(found.remarks).toEqual([expect.stringContaining(`lengths are in ${word}; they are taken as mm`)]);
    expect(found.zooms).toEqual([2, 2, 5]);
    expect((await remarks({ sform }, (header) => header.setUint8(123, 10))).remarks).toEqual([]);
  });

  it('refuses a header of which no form can be read', async () => {
    await expect(remarks({ sform: sform.map(() => [0, 0, 0, 0]) })).rejects.toThrow(/affine must span/);
    await expect(remarks({ qform: { ...qform, b: 2 }, pixdim })).rejects.toThrow(
      /quaternion .* got b² .* = 4/,
    );
  });
});
