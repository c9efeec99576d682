import { describe, expect, it } from 'vitest';
import { abdomen, brainOnly, contrastHead, disc, noise } from '../../test/inputScans';
import { makeImage } from '../../test/makeImage';
import { compareWithTraining, ctWarning, refuseEmpty } from './checkInput';
import type { Image3 } from './image';
import { type InputStatistics, inputStatistics } from './inputStatistics';
import { voxelLevels } from './intensity';
import { summariseInputs, type TrainingInputs } from './trainingInputs';

const measured = (scan: Image3): InputStatistics =>
  inputStatistics(scan, { map: 'foreground-median', low: 0, high: 3000 })!;

function trainedOn(scans: readonly Image3[]): TrainingInputs {
  // As if of more scans: made-up heads differ little, and few scans have wide limits.
  return { data: 'phantoms', ...summariseInputs(scans.map(measured))!, scans: 20 };
}

const SUBJECTS = [1, 2, 3, 4, 5, 6];
const wholeT1w = trainedOn(SUBJECTS.map((subject) => contrastHead('T1w', subject)));
const brainT1w = trainedOn(SUBJECTS.map((subject) => brainOnly('T1w', subject)));
const bothT1w: TrainingInputs = { ...wholeT1w, withSkull: 0.5 };
const wholeFlair = trainedOn(SUBJECTS.map((subject) => contrastHead('FLAIR', subject)));

const faults = (scan: Image3, inputs: TrainingInputs | undefined) =>
  compareWithTraining(measured(scan), inputs).map(({ fault }) => fault);

describe('compareWithTraining', () => {
  it('has nothing to say about a head like those of the training', () => {
    for (const subject of [11, 12]) {
      expect(faults(contrastHead('T1w', subject), wholeT1w)).toEqual([]);
      expect(faults(brainOnly('T1w', subject), brainT1w)).toEqual([]);
      expect(faults(contrastHead('FLAIR', subject), wholeFlair)).toEqual([]);
    }
  });

  it.each(['T2w', 'FLAIR', 'PDw'])('tells %s from T1w', (contrast) => {
    expect(faults(contrastHead(contrast, 11), wholeT1w)).toEqual(['contrast']);
  });

  it.each(['T1w', 'T2w'])('tells %s from FLAIR', (contrast) => {
    expect(faults(contrastHead(contrast, 11), wholeFlair)).toEqual(['contrast']);
  });

  it('tells a stripped head from whole ones and the reverse, unless the training had both', () => {
    expect(faults(brainOnly('T1w', 11), wholeT1w)).toContain('skull');
    expect(faults(contrastHead('T1w', 11), brainT1w)).toContain('skull');
    expect([wholeT1w.withSkull, brainT1w.withSkull]).toEqual([1, 0]);
    expect(faults(brainOnly('T1w', 11), bothT1w)).toEqual([]);
    expect(faults(contrastHead('T1w', 11), bothT1w)).toEqual([]);
  });

  it('says of noise, and of what is no head, nothing else', () => {
    expect(faults(noise(), wholeT1w)).toEqual(['noise']);
    expect(faults(abdomen(), wholeT1w)).toEqual(['size']);
    expect(faults(disc(30, 30), wholeT1w)).toEqual(['size']);
    // As large as a head.
    expect(faults(disc(72, 92), wholeT1w)).toEqual(['size']);
  });

  it('tells noise and a missing skull where the card has no statistics', () => {
    expect(faults(noise(), undefined)).toEqual(['noise']);
    expect(faults(brainOnly('T1w'), undefined)).toEqual(['skull']);
    expect(faults(contrastHead('T2w'), undefined)).toEqual([]);
  });

  it('says each in one sentence with what to do', () => {
    for (const scan of [noise(), abdomen(), disc(72, 92), contrastHead('T2w', 11), brainOnly('T1w', 11)])
      for (const { text } of compareWithTraining(measured(scan), wholeT1w))
        expect(text).toMatch(/^[A-Z].*[;:,] .*[^.]\.$/);
  });
});

describe('ctWarning', () => {
  const head = contrastHead('T1w').voxels;
  const hounsfield = voxelLevels(head.map((value) => 2 * value - 1000));

  it('tells CT given to a model of MR, and not to one of CT', () => {
    expect(ctWarning(hounsfield, { source: 'T1w' })?.text).toMatch(/as in CT.*takes T1w/);
    expect(ctWarning(hounsfield, { source: 'CT' })).toBeUndefined();
    expect(ctWarning(voxelLevels(head), { source: 'T1w' })).toBeUndefined();
    const phase = head.map((value, at) => (value > 100 ? 4 * value - 1500 : ((at * 7919) % 8192) - 4096));
    for (const voxels of [phase, head.map((value) => -value), head.map((value) => value / 2 - 1000)])
      expect(ctWarning(voxelLevels(voxels), { source: 'T1w' })).toBeUndefined();
    // No Hounsfield units: these fit into 16 bits.
    expect(ctWarning(voxelLevels(head.map((value) => -1e15 * value)), { source: 'T1w' })).toBeUndefined();
  });

  it('tells a scan that is not in Hounsfield units to a model of CT', () => {
    expect(ctWarning(voxelLevels(head.map((value) => value + 24)), { source: 'CT' })?.text).toMatch(
      /^Values begin at [\d.]+, not at about -1000 .*subtract 1024/,
    );
  });
});

describe('refuseEmpty', () => {
  const refusal = (voxels: Float32Array) => () =>
    refuseEmpty({ name: 'a.nii', image: makeImage([voxels.length, 1, 1], voxels) });

  it('refuses what shows nothing, in one sentence', () => {
    expect(refusal(new Float32Array(8))).toThrow('a.nii: must show a head, got 0 in every voxel;');
    expect(refusal(new Float32Array(8).fill(3))).toThrow('got 3 in every voxel');
    expect(refusal(new Float32Array(8).fill(Number.NaN))).toThrow('no voxel with a finite value (8 NaN);');
    expect(refusal(Float32Array.of(Number.NaN, 1e39, -1e39))).toThrow(
      'no voxel with a finite value (1 NaN, 2 infinite);',
    );
    expect(refusal(Float32Array.of(0, 0, Number.NaN))).toThrow(
      'got 0 in every voxel that holds a number of use, and 1 NaN;',
    );
    const voxels = Float32Array.of(0, 1e39, 1e39, 0);
    const told = (odd: { beyond: number; vanished: number; inexact: number }) => () =>
      refuseEmpty({ name: 'a.nii', image: makeImage([4, 1, 1], voxels), odd });
    expect(told({ beyond: 2, vanished: 0, inexact: 0 })).toThrow(
      '0 in every voxel that holds a number of use, and 2 beyond float32',
    );
    expect(told({ beyond: 1, vanished: 2, inexact: 0 })).toThrow(
      /and 1 infinite, 1 beyond float32 \(3.4e38\), 2 too small/,
    );
    expect(refusal(Float32Array.of(-1, -2, -3, -4))).toThrow('nothing brighter than its background');
    const second = { image: makeImage([8, 1, 1], new Float32Array(8)), volumeCount: 3, volumeIndex: 0 };
    expect(() => refuseEmpty({ name: 'a.nii', ...second })).toThrow(
      'a.nii: must show a head, got 0 in every voxel in volume 0; choose another of its volumes, 0 to 2, or',
    );
    expect(refusal(contrastHead('T1w').voxels)).not.toThrow();
  });
});
