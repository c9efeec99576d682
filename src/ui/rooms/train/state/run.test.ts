import { beforeEach, describe, expect, it } from 'vitest';
import { createTrainStore, dropped, type TrainStore } from '../../../../../test/fakeTrainClient';
import { KEPT_PREVIEWS } from './events';
import { runPercent, startBlock, unfinishedRun, usedSources } from './selectors';

let made: TrainStore;
const train = () => made.store.getState().train;
const act = () => made.store.getState().actions.train;
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Presses Start and waits until the run goes on. */
async function begin(iterations = 20): Promise<void> {
  act().patchSettings({ iterations });
  act().setEvery({ preview: 5, validation: 10, checkpoint: 4 });
  await settle();
  void act().start();
  await settle();
}

beforeEach(async () => {
  made = await createTrainStore();
  await act().addFiles('trainA', dropped('sub-1_T1w.nii'));
  await act().addFiles('trainB', dropped('sub-1_FLAIR.nii'));
});

describe('start', () => {
  it('trains to the end and keeps what it is told', async () => {
    await begin();
    expect(train().phase).toBe('running');
    expect(train().run?.volumes).toMatchObject({ trainA: ['sub-1_T1w.nii'], trainB: ['sub-1_FLAIR.nii'] });
    made.trainClient.advance(10);
    expect(train().run).toMatchObject({ step: 10, checkpoint: 8, progress: { iterationsPerSecond: 2.5 } });
    expect(train().run?.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(train().run?.previews.map(({ step }) => step)).toEqual([5, 5, 10, 10]);
    expect(train().run?.validations).toHaveLength(1);
    expect(runPercent(made.store.getState())).toBe(50);
    made.trainClient.advance(100);
    await settle();
    expect(train()).toMatchObject({ phase: 'done', run: { step: 20, checkpoint: 20 } });
    expect(train().stored).toHaveLength(1);
    expect(runPercent(made.store.getState())).toBeNull();
  });

  it('leaves out weights of R where the variant has none, and keeps them for one that has', async () => {
    const file = new File([], 'r.pth');
    await act().setStartR('rBToA', { kind: 'file', file });
    act().patchVariant({ pairing: 'paired' });
    expect(usedSources(train())).toStrictEqual({});
    await begin();
    expect(made.trainClient.log.at(-1)).toMatch(/^train run-\S+$/);
    await act().stop();
    act().patchVariant({ pairing: 'unpaired' });
    expect(usedSources(train())).toStrictEqual({ rBToA: { kind: 'file', file } });
  });

  it('keeps the latest previews only', async () => {
    await begin(400);
    made.trainClient.advance(399);
    const steps = train().run!.previews.map(({ step }) => step);
    expect(steps).toHaveLength(KEPT_PREVIEWS);
    expect(steps.at(-1)).toBe(395);
  });

  it('gives the volumes again that were lost before', async () => {
    made.trainClient.lose();
    await begin();
    made.trainClient.advance(20);
    await settle();
    expect(train().stored?.[0].volumes.trainA).toEqual(['sub-1_T1w.nii']);
  });

  it('says what is missing, and does nothing', async () => {
    await act().removeVolume(train().volumes[0].added.volumeId);
    await act().start();
    expect(made.texts()).toEqual(['Add volumes of T1w (A).']);
    expect(made.trainClient.log.filter((line) => line.startsWith('train '))).toEqual([]);
  });

  it('does not start what does not fit, with the sentence that says what to do', async () => {
    made.trainClient.limit = 1;
    await act().start();
    expect(train().phase).toBe('idle');
    expect(made.texts().at(-1)).toMatch(/choose a smaller preset/);
    expect(startBlock(made.store.getState())).toMatch(/choose a smaller preset/);
  });

  it('begins with the weights that were chosen', async () => {
    await act().setStartR('rAToB', { kind: 'file', file: new File(['r'], 'r.pth') });
    await begin();
    expect(made.trainClient.log.at(-1)).toMatch(/^train run-\S+ from rAToB file$/);
  });

  it('goes once when pressed twice', async () => {
    const both = [act().start(), act().start()];
    await settle();
    expect(made.trainClient.log.filter((line) => line.startsWith('train '))).toHaveLength(1);
    made.trainClient.advance(10_000);
    await Promise.all(both);
  });
});

describe('pause and resume', () => {
  it('pauses at a checkpoint and goes on from it, its history first', async () => {
    await begin();
    made.trainClient.advance(7);
    act().pause();
    expect(train().phase).toBe('pausing');
    await settle();
    expect(train()).toMatchObject({ phase: 'paused', run: { step: 7, checkpoint: 7 } });
    expect(made.texts().at(-1)).toMatch(/^Paused at iteration 7 of 20/);
    void act().resume(train().run!.runId);
    await settle();
    expect(train().run?.steps).toHaveLength(7);
    made.trainClient.advance(13);
    await settle();
    expect(train().phase).toBe('done');
    expect(train().run?.steps.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });

  it('says that nothing is kept before the first iteration', async () => {
    await begin();
    act().pause();
    await settle();
    expect(train()).toMatchObject({ phase: 'idle', run: null });
    expect(made.texts().at(-1)).toBe('Stopped before the first checkpoint; nothing is kept.');
  });

  it('offers to resume from the last checkpoint when the worker is lost', async () => {
    await begin();
    made.trainClient.advance(11);
    made.trainClient.lose();
    await settle();
    expect(train()).toMatchObject({ phase: 'paused', run: { step: 8 } });
    expect(made.store.getState().notices.find(({ tone }) => tone === 'error')?.text).toMatch(
      /resume the run/,
    );
    void act().resume(train().run!.runId);
    await settle();
    // What came after the checkpoint is done again.
    expect(train().run?.steps).toHaveLength(8);
    expect(train().run?.previews.map(({ step }) => step)).toEqual([5, 5]);
  });

  it('resumes a stored run of an earlier page', async () => {
    await begin();
    made.trainClient.advance(6);
    act().pause();
    await settle();
    made = await createTrainStore(made.trainClient);
    await act().enter();
    const offered = unfinishedRun(train());
    expect(offered?.step).toBe(6);
    void act().resume(offered!.runId);
    await settle();
    expect(train()).toMatchObject({ phase: 'running', run: { step: 6 } });
    expect(train().run?.steps).toHaveLength(6);
  });
});

describe('stop', () => {
  it('pauses, closes the worker and keeps the run in the list', async () => {
    await begin();
    made.trainClient.advance(3);
    await act().stop();
    expect(train()).toMatchObject({ phase: 'idle', run: null });
    expect(made.trainClient.log.at(-1)).toBe('close');
    expect(train().stored?.[0].step).toBe(3);
  });
});

it('holds settings and volumes still while a run is open', async () => {
  await begin();
  act().patchSettings({ seed: 77 });
  act().pickPreset('base');
  await act().addFiles('trainA', dropped('late_T1w.nii'));
  expect(train().settings).toMatchObject({ seed: 1, preset: 'tiny' });
  expect(train().volumes).toHaveLength(2);
});
