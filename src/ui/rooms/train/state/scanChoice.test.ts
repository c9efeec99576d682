import { beforeEach, describe, expect, it } from 'vitest';
import { CHOICE_CASES } from '../../../../../test/choiceCases';
import { createTrainStore, dropped, type TrainStore } from '../../../../../test/fakeTrainClient';
import { scanChoice } from './scanChoice';
import { startBlock } from './selectors';

let made: TrainStore;
const train = () => made.store.getState().train;
const act = () => made.store.getState().actions.train;
const kept = () => scanChoice(train()).kept.trainA.map(({ added }) => added.name);

beforeEach(async () => {
  made = await createTrainStore();
});

/** The same cases as the command line's (platform/node/scanChoice.test.ts). */
describe.each(CHOICE_CASES)('$what', ({ a, b, isPaired, asks, choice }) => {
  it('asks, and takes what is chosen', async () => {
    if (isPaired) act().patchVariant({ pairing: 'paired' });
    await act().addFiles('trainA', dropped(...a));
    await act().addFiles('trainB', dropped(...b));
    if (asks === null) expect(startBlock(made.store.getState())).toBeNull();
    else expect(startBlock(made.store.getState())).toContain(asks);
    const { choices } = scanChoice(train());
    expect(choices.trainA.filter(({ isNeeded }) => isNeeded)).toHaveLength(asks === null ? 0 : 1);
    if (!choice) return;
    const { entity, value } = choice;
    expect(choices.trainA).toMatchObject([{ entity, chosen: null }]);
    act().pickEntity('a', entity, [value]);
    expect(startBlock(made.store.getState())).toBeNull();
    expect(kept()).toEqual(choice.kept);
    // The choice stays in sight, and can be taken back.
    expect(scanChoice(train()).choices.trainA).toMatchObject([{ entity, chosen: [value], isNeeded: false }]);
    act().pickEntity('a', entity, null);
    expect(kept()).toEqual(a);
  });
});

it('one acquisition of a patient is chosen without losing those of one alone, and what is in no pair is not used', async () => {
  act().patchVariant({ pairing: 'paired' });
  await act().addFiles(
    'trainA',
    dropped('sub-1_T1w.nii', 'sub-2_acq-a_T1w.nii', 'sub-2_acq-b_T1w.nii', 'sub-3_T1w.nii'),
  );
  await act().addFiles('trainB', dropped('sub-1_FLAIR.nii', 'sub-2_FLAIR.nii', 'sub-4_FLAIR.nii'));
  const [{ values }] = scanChoice(train()).choices.trainA;
  expect(values).toEqual([['a', 'none'], ['b', 'none'], ['a'], ['b'], ['none']]);
  act().pickEntity('a', 'acq', values[1]);
  expect(startBlock(made.store.getState())).toBeNull();
  const used = {
    trainA: ['sub-1_T1w.nii', 'sub-2_acq-b_T1w.nii'],
    trainB: ['sub-1_FLAIR.nii', 'sub-2_FLAIR.nii'],
  };
  for (const role of ['trainA', 'trainB'] as const)
    expect(scanChoice(train()).used[role].map(({ added }) => added.name)).toEqual(used[role]);
  const running = act().start();
  await expect.poll(() => train().run?.volumes).toMatchObject(used);
  await act().stop();
  await running;
});

it('what is said of many scans is said once', async () => {
  made.trainClient.warnings.push('Slices lie 18 mm apart.');
  await act().addFiles('trainA', dropped('1_T1w.nii', '2_T1w.nii', '3_T1w.nii'));
  expect(made.store.getState().notices.map(({ text }) => text)).toEqual([
    '1_T1w.nii and 2 more of 3 scans: Slices lie 18 mm apart.',
  ]);
});

it('one image is taken once, by whatever name, and refused for two things', async () => {
  await act().addFiles('trainA', dropped('P1_copy7_T1w.nii', 'P2_copy7_T1w.nii', 'P3_T1w.nii'));
  expect(kept()).toEqual(['P1_copy7_T1w.nii', 'P3_T1w.nii']);
  expect(made.trainClient.held()).toEqual(['trainA P1_copy7_T1w.nii', 'trainA P3_T1w.nii']);
  expect(made.store.getState().notices.map(({ text }) => text)).toEqual([
    'P2_copy7_T1w.nii: the same image as P1_copy7_T1w.nii; taken once',
  ]);
  await act().addFiles('trainB', dropped('P1_copy7_FLAIR.nii', 'P3_FLAIR.nii'));
  expect(startBlock(made.store.getState())).toMatch(
    /^P1_copy7_FLAIR.nii: must be another image than P1_copy7_T1w.nii of the other contrast, got the same: .*\.$/,
  );
  const [conflicting] = train().volumes.filter(({ added }) => added.name === 'P1_copy7_FLAIR.nii');
  await act().removeVolume(conflicting.added.volumeId);
  expect(startBlock(made.store.getState())).toBeNull();
  await act().addFiles('valA', dropped('P8_copy7_T1w.nii'));
  expect(startBlock(made.store.getState())).toContain(
    'than P1_copy7_T1w.nii of whom the model is trained on',
  );
});

it('scans of one name are told apart by their folders', async () => {
  made.trainClient.warnings.push('Odd.');
  await act().addFiles('trainA', dropped('x/1/T1w.nii', 'x/2/T1w.nii'));
  made.trainClient.warnings.length = 0;
  await act().addFiles('trainB', dropped('y/3/FLAIR.nii', 'y/4/FLAIR.nii'));
  expect(made.store.getState().notices.map(({ text }) => text)).toEqual([
    '1/T1w.nii and 1 more of 2 scans: Odd.',
  ]);
  act().patchVariant({ pairing: 'paired' });
  expect(startBlock(made.store.getState())).toMatch(
    /^Paired training needs subjects with both contrasts, got none among 2 such as 1\/T1w.nii and 2 such as 3\/FLAIR.nii; name/,
  );
});

it('what is left out is not trained on, and a choice that nothing is left of decides nothing', async () => {
  await act().addFiles('trainA', dropped('sub-1_acq-a_T1w.nii', 'sub-1_acq-b_T1w.nii'));
  await act().addFiles('trainB', dropped('sub-1_FLAIR.nii'));
  act().pickEntity('a', 'acq', ['b']);
  const running = act().start();
  await expect.poll(() => train().run?.volumes.trainA).toEqual(['sub-1_acq-b_T1w.nii']);
  await act().stop();
  await running;
  const [, chosen] = train().volumes;
  await act().removeVolume(chosen.added.volumeId);
  expect(kept()).toEqual(['sub-1_acq-a_T1w.nii']);
});

describe('a file of several volumes', () => {
  const volumes = () => train().volumes.map(({ added }) => `${added.name} ${added.volume}`);

  it('is not trained on before one is chosen, and is then named with it', async () => {
    await act().addFiles('trainA', dropped('sub-1_T1w.nii'));
    await act().addFiles('trainB', dropped('4d-1_FLAIR.nii', '4d-2_FLAIR.nii'));
    expect(startBlock(made.store.getState())).toBe(
      '4d-1_FLAIR.nii: must be one volume, got 5; choose one in its row, 0 to 4.',
    );
    // Those like it that wait for the same choice take it, too.
    await act().pickVolume(train().volumes[1].added.volumeId, 3);
    expect(volumes()).toEqual(['sub-1_T1w.nii 0', '4d-1_FLAIR.nii 3', '4d-2_FLAIR.nii 3']);
    await act().pickVolume(train().volumes[2].added.volumeId, 1);
    expect(volumes().slice(1)).toEqual(['4d-1_FLAIR.nii 3', '4d-2_FLAIR.nii 1']);
    expect(startBlock(made.store.getState())).toBeNull();
    const running = act().start();
    const names = ['4d-1_FLAIR.nii (volume 3)', '4d-2_FLAIR.nii (volume 1)'];
    await expect.poll(() => train().run?.volumes.trainB).toEqual(names);
    made.trainClient.advance(100);
    expect(made.trainClient.stored[0].volumes.trainB).toEqual(names);
    await act().stop();
    await running;
  });

  it('keeps its choice when it is cut again', async () => {
    await act().addFiles('trainB', dropped('4d_FLAIR.nii'));
    await act().pickVolume(train().volumes[0].added.volumeId, 2);
    act().pickPreset('small');
    await expect.poll(() => made.trainClient.log.at(-1)).toMatch(/^estimate 128/);
    expect(volumes()).toEqual(['4d_FLAIR.nii 2']);
  });
});
