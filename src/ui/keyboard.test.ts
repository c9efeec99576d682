import { beforeEach, expect, it } from 'vitest';
import { createFakeClient } from '../../test/fakeClient';
import { createFakeTrainClient } from '../../test/fakeTrainClient';
import { handleKey, type KeyPress } from './keyboard';
import { type AppStore, createAppStore } from './state/store';

let store: AppStore;
const press = (key: string, held: Partial<KeyPress> = {}) =>
  handleKey(
    { key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...held },
    store.getState(),
  );

beforeEach(async () => {
  store = createAppStore({
    client: createFakeClient(),
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

it('has nothing to do with other keys', () => {
  expect(press('Escape')).toBe(false);
  expect(press('q')).toBe(false);
  expect(press('7')).toBe(false);
});
