import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, it } from 'vitest';
import { createTrainStore, type TrainStore } from '../../../../../test/fakeTrainClient';
import { areRealScans, REAL_SCANS } from './realScans';
import { networkName } from './selectors';

let made: TrainStore;
const train = () => made.store.getState().train;
const act = () => made.store.getState().actions.train;
const listed = () => train().volumes.map(({ added }) => `${added.role} ${added.name}`);

beforeEach(async () => {
  made = await createTrainStore();
});

it('lie in public/demo', () => {
  for (const { scan } of REAL_SCANS)
    expect(
      existsSync(fileURLToPath(new URL(`../../../../../public/demo/${scan.file}`, import.meta.url))),
    ).toBe(true);
});

it('one press fills in one patient to train on, another to score, and the course of a fine-tune', async () => {
  act().pickPreset('base');
  expect(networkName(train().settings)).toBe('base');
  await act().tryRealScans();
  expect(listed()).toEqual([
    'trainA sub-openmsl03s2_T1w.nii.gz',
    'trainB sub-openmsl03s2_FLAIR.nii.gz',
    'valA sub-openmsl12s1_T1w.nii.gz',
    'valB sub-openmsl12s1_FLAIR.nii.gz',
  ]);
  expect(train().start).toEqual({
    cardId: 'T1w-FLAIR',
    sources: { aToB: { kind: 'shipped', id: 'T1w-FLAIR' } },
  });
  const { settings, every } = train();
  expect(networkName(settings)).toBe('as the start model, 4 px');
  expect(settings).toMatchObject({
    contrasts: { a: 'T1w', b: 'FLAIR' },
    variant: { pairing: 'paired', adversarial: false, direction: 'aToB' },
    size: 4,
  });
  // Scored before and after, whatever the course.
  expect(settings.iterations % every.validation).toBe(0);
  expect(settings.iterations).toBeLessThan(400);
  expect(areRealScans(train().volumes.map(({ added }) => added.name))).toBe(true);
});

it('are told from scans of the user', () => {
  expect(areRealScans([])).toBe(false);
  expect(areRealScans([REAL_SCANS[0].scan.name, 'mine_T1w.nii'])).toBe(false);
});

it('does nothing while volumes are read', async () => {
  await Promise.all([act().tryRealScans(), act().tryRealScans()]);
  expect(listed()).toHaveLength(REAL_SCANS.length);
});

it('says so where a scan cannot be fetched, and adds none', async () => {
  made.missing = REAL_SCANS[3].scan.file;
  await act().tryRealScans();
  expect(listed()).toEqual([]);
  expect(made.texts().at(-1)).toMatch(/could not be fetched/);
  expect(train().adding).toBeNull();
});

it('goes on from its course where the variant is changed', async () => {
  await act().tryRealScans();
  const { iterations } = train().settings;
  act().patchSettings({ seed: 3 });
  expect(train().settings.iterations).toBe(iterations);
  act().patchVariant({ adversarial: true });
  expect(train().settings).toMatchObject({ ema: 0.999, iterations: 2000 });
  act().patchVariant({ adversarial: false });
  expect(train().settings.iterations).toBe(iterations);
});

it('are given up while they are fetched, at once', async () => {
  made.fetching = new Promise(() => {});
  const going = act().tryRealScans();
  expect(train().adding).not.toBeNull();
  act().cancelAdding();
  await going;
  expect(train()).toMatchObject({ adding: null, volumes: [], start: { cardId: null } });
});
