import { beforeEach, expect, it } from 'vitest';
import { createFakeClient, type FakeClient } from '../../test/fakeClient';
import { createFakeTrainClient } from '../../test/fakeTrainClient';
import { handleKey, type KeyPress } from './keyboard';
import { type AppStore, createAppStore } from './state/store';

let store: AppStore;
let client: FakeClient;
const press = (key: string, held: Partial<KeyPress> = {}) =>
  handleKey(
    { key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...held },
    store.getState(),
  );

beforeEach(async () => {
  client = createFakeClient();
  store = createAppStore({
    client,
    trainClient: createFakeTrainClient(),
    fetchDemo: async () => new File([], 'demo.nii'),
    download: () => undefined,
    now: () => new Date(0),
  });
  await store.getState().actions.start('auto');
  await store.getState().actions.openSource([new File([], 'a.nii')]);
});

it('goes through the slices', () => {
  press('ArrowUp');
  expect(store.getState().view.slice).toBe(5);
  press('PageDown');
  expect(store.getState().view.slice).toBe(0);
});

it('chooses the view and changes the window of what is shown', () => {
  press('2');
  expect(store.getState().view.mode).toBe('difference');
  const before = store.getState().view.windows;
  press(']');
  expect(store.getState().view.windows.difference.width).toBeGreaterThan(before.difference.width);
  expect(store.getState().view.windows.image).toEqual(before.image);
  press('Home');
  expect(store.getState().view.windows).toEqual(before);
});

it('translates, and leaves the keys of the browser alone', () => {
  expect(press('t', { ctrlKey: true })).toBe(false);
  expect(store.getState().run).toBeNull();
  expect(press('t')).toBe(true);
  expect(store.getState().run).not.toBeNull();
  press('Escape');
});

it('Escape takes back what is being read before it cancels the run', async () => {
  const { actions } = store.getState();
  let goOn = () => {};
  client.gate = new Promise((resolve) => {
    goOn = resolve;
  });
  press('t');
  await new Promise((resolve) => setTimeout(resolve, 0));
  const opening = actions.openSource([new File([], 'b.nii')]);
  expect(store.getState().opening).toBe('source');
  expect(press('Escape')).toBe(true);
  await opening;
  expect(store.getState()).toMatchObject({ opening: null, source: { name: 'a.nii' }, question: null });
  expect(store.getState().run?.isCancelling).toBe(false);
  press('Escape');
  expect(store.getState().run?.isCancelling).toBe(true);
  goOn();
});

it('has nothing to do with other keys', () => {
  expect(press('Escape')).toBe(false);
  expect(press('q')).toBe(false);
  expect(press('7')).toBe(false);
});
