import { beforeEach, expect, it } from 'vitest';
import { createTrainStore, type TrainStore } from '../../../../../test/fakeTrainClient';
import { unfinishedRun } from './selectors';

let made: TrainStore;
const train = () => made.store.getState().train;
const act = () => made.store.getState().actions.train;
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A phantom run, done. */
async function trained(iterations = 4): Promise<void> {
  await act().tryPhantoms();
  act().patchSettings({ iterations });
  const run = act().start();
  await settle();
  made.trainClient.advance(iterations);
  await run;
}

beforeEach(async () => {
  made = await createTrainStore();
});

it('loads the model with its card into Translate', async () => {
  await trained();
  expect(await act().useModel('aToB')).toBe(true);
  expect(made.trainClient.log.at(-1)).toMatch(/^exportModel .* aToB$/);
  expect(made.client.log.at(-1)).toBe('loadModel T1w-FLAIR.safetensors with T1w-FLAIR.card.json');
});

it('says that the model is not loaded when the engine refuses it', async () => {
  await trained();
  made.client.failure = new Error('weights: do not fit.');
  expect(await act().useModel('bToA')).toBe(false);
  expect(made.texts()).toContain('weights: do not fit.');
});

it('downloads weights and card, the card naming the weights', async () => {
  await trained();
  await act().downloadModel('bToA');
  expect(made.downloads.map(({ name }) => name)).toEqual(['FLAIR-T1w.safetensors', 'FLAIR-T1w.card.json']);
  const card = JSON.parse(new TextDecoder().decode(made.downloads[1].data as Uint8Array));
  expect(card.weights.file).toBe('FLAIR-T1w.safetensors');
});

it('says on the card what was typed for this run, and for no other', async () => {
  await trained();
  act().setCardWords({ data: 'our heads' });
  act().setCardWords({ licence: 'CC BY 4.0' });
  await act().downloadModel('aToB');
  expect(made.trainClient.words).toMatchObject({ data: 'our heads', licence: 'CC BY 4.0' });
  await act().stop();
  await trained(6);
  await act().downloadModel('aToB');
  expect(made.trainClient.words).toBeUndefined();
});

it('takes no model out of a run that goes on', async () => {
  await act().tryPhantoms();
  void act().start();
  await settle();
  expect(await act().useModel('aToB')).toBe(false);
  expect(made.trainClient.log.some((line) => line.startsWith('exportModel'))).toBe(false);
});

it('opens a stored run with its curves, the latest first in the list', async () => {
  await trained();
  await act().stop();
  await trained(6);
  const [latest, first] = train().stored!;
  expect([latest, first].map(({ step }) => step).sort()).toEqual([4, 6]);
  await act().open(first.runId);
  expect(train()).toMatchObject({ phase: 'done', run: { runId: first.runId, step: first.step } });
  expect(train().run?.steps).toHaveLength(first.step);
});

it('says what of its curves is damaged, opened as well as gone on with', async () => {
  made.trainClient.damage = ['history.jsonl: line 2 must be JSON'];
  await trained();
  const { runId } = train().run!;
  await act().open(runId);
  expect(train().run?.steps).toHaveLength(4);
  expect(made.texts()).toContain('history.jsonl: line 2 must be JSON');
  made.trainClient.damage = ['history.jsonl: line 3 must be JSON'];
  void act().resume(runId);
  await settle();
  expect(made.texts()).toContain('history.jsonl: line 3 must be JSON');
});

it('deletes a run, and closes it where it is open', async () => {
  await trained();
  await act().deleteRun(train().run!.runId);
  expect(train()).toMatchObject({ phase: 'idle', run: null, stored: [] });
});

it('leaves a run alone that another tab writes to, and lists it anew once that is done', async () => {
  await trained();
  await act().stop();
  const [run] = made.trainClient.stored;
  const { runId } = run;
  made.trainClient.stored = [{ ...run, step: 2, inUse: true }];
  await trained(6);
  await act().stop();
  await act().open(runId);
  await act().resume(runId);
  expect(train()).toMatchObject({ phase: 'idle', run: null });
  expect(unfinishedRun(train())).toBeNull();
  expect(made.trainClient.log.filter((line) => /^(whenFree|resume)/.test(line))).toEqual([
    `whenFree ${runId}`,
  ]);
  made.trainClient.stored = made.trainClient.stored.map((one) => ({ ...one, inUse: false }));
  made.trainClient.free();
  await settle();
  expect(unfinishedRun(train())).toMatchObject({ runId, inUse: false });
});

it('asks the browser to keep what is stored when a run begins, not before', async () => {
  await act().enter();
  expect([made.trainClient.isKept, train().isKept]).toEqual([false, false]);
  await trained();
  expect([made.trainClient.isKept, train().isKept]).toEqual([true, true]);
});

it('lists a run that cannot be opened with the reason, and opens nothing of it', async () => {
  const damaged = { runId: 'run-1', reason: 'checkpoint.json: must be JSON, got text that is not', bytes: 9 };
  made.trainClient.damaged = [damaged];
  await act().enter();
  expect(train()).toMatchObject({ stored: [], unreadable: [damaged] });
  await act().open('run-1');
  await act().resume('run-1');
  expect(train()).toMatchObject({ phase: 'idle', run: null });
});

it('hands over the files of a run that cannot be opened, and deletes it only when told to', async () => {
  made.trainClient.damaged = [{ runId: 'run-1', reason: 'no', bytes: null }];
  await act().enter();
  await act().downloadRun('run-1');
  expect(made.downloads).toMatchObject([{ name: 'run-1.zip', data: { type: 'application/zip' } }]);
  expect(train().unreadable).toHaveLength(1);
  expect(made.trainClient.log).not.toContain('deleteRun run-1');
  await act().deleteRun('run-1');
  expect(train().unreadable).toEqual([]);
});

it('says why the files of a run could not be read', async () => {
  made.trainClient.unreadable.add('run-1');
  await act().downloadRun('run-1');
  expect(made.downloads).toEqual([]);
  expect(made.texts()).toEqual(['run-1: must stay while the run is read; try again']);
});

it('asks for stored runs once, when the room is entered first', async () => {
  expect(train().stored).toBeNull();
  await act().enter();
  expect(train().stored).toEqual([]);
  expect(train().estimate).not.toBeNull();
  const asked = made.trainClient.log.length;
  await act().enter();
  expect(made.trainClient.log).toHaveLength(asked);
});
