import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { calmStore, REST, type ReadStore, SPACING, SPACING_OF_STEPS } from './calmStore';
import { initialData } from './initialData';
import type { AppActions, AppState, Run } from './types';

const RUN: Run = { phase: 'translating', load: null, progress: null, slices: [1, 2], isCancelling: false };
const PROGRESS = {
  done: 0,
  total: 2,
  stepsDone: 1,
  stepsTotal: 8,
  elapsedMs: 1,
  remainingMs: 7,
  compiling: false,
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const store = createStore<AppState>()(() => ({ ...initialData, actions: {} as AppActions }));
  const calm = calmStore(store, Date.now);
  const heard: AppState[] = [];
  const stop = calm.subscribe((state) => heard.push(state));
  return { store, calm, heard, stop };
}

const goTo = (store: ReturnType<typeof setUp>['store'], slice: number) =>
  store.setState(({ view }) => ({ view: { ...view, slice } }));

const sliceIn = (store: ReadStore) => store.getState().view.slice;

it('shows a single step at once', () => {
  const { store, calm, heard } = setUp();
  goTo(store, 1);
  expect(sliceIn(calm)).toBe(1);
  expect(heard).toEqual([store.getState()]);
});

it('shows quick steps at its spacing, with one of them, and the last when they rest', () => {
  const { store, calm, heard } = setUp();
  const shown: number[] = [];
  for (let slice = 1; slice <= 20; slice++) {
    goTo(store, slice);
    shown.push(sliceIn(calm));
    vi.advanceTimersByTime(60);
  }
  // 17 x 60 ms after step 1 is the first time beyond the spacing.
  expect(SPACING_OF_STEPS).toBe(1000);
  expect([...new Set(shown)]).toEqual([1, 18]);
  vi.advanceTimersByTime(REST - 61);
  expect(sliceIn(calm)).toBe(18);
  vi.advanceTimersByTime(1);
  expect(sliceIn(calm)).toBe(20);
  expect(heard).toHaveLength(3);
});

it('shows a step at once that comes alone', () => {
  const { store, calm } = setUp();
  for (const slice of [1, 2, 3]) {
    goTo(store, slice);
    expect(sliceIn(calm)).toBe(slice);
    vi.advanceTimersByTime(SPACING);
  }
});

it('shows what a run tells at its spacing', () => {
  const { store, calm } = setUp();
  store.setState({ run: RUN });
  expect(calm.getState().run).toBe(RUN);
  const tell = (stepsDone: number) =>
    store.setState({ run: { ...RUN, progress: { ...PROGRESS, stepsDone } } });
  tell(1);
  expect(calm.getState().run).toBe(RUN);
  vi.advanceTimersByTime(250);
  tell(2);
  vi.advanceTimersByTime(SPACING - 251);
  expect(calm.getState().run).toBe(RUN);
  vi.advanceTimersByTime(1);
  expect(calm.getState().run?.progress?.stepsDone).toBe(2);
});

it.each<[string, (state: AppState) => Partial<AppState>]>([
  ['the end of a run', () => ({ run: null })],
  ['a cancel', () => ({ run: { ...RUN, isCancelling: true } })],
  ['another mode', ({ view }) => ({ view: { ...view, slice: 3, mode: 'blend' } })],
  ['where the pointer is', ({ view }) => ({ view: { ...view, probe: { i: 1, j: 1 } } })],
  ['a setting that is typed', ({ settings }) => ({ settings: { ...settings, seed: 7 } })],
  ['a notice', () => ({ notices: [{ id: 1, tone: 'info', text: 'x', topic: null, isRead: false }] })],
])('shows %s at once, with all that was before it', (_, change) => {
  const { store, calm } = setUp();
  store.setState({ run: RUN });
  goTo(store, 2);
  expect(sliceIn(calm)).not.toBe(2);
  store.setState(change(store.getState()));
  expect(calm.getState()).toBe(store.getState());
});

it('is the store itself while nobody listens, and leaves no timer', () => {
  const { store, calm, heard, stop } = setUp();
  goTo(store, 1);
  goTo(store, 2);
  stop();
  expect(vi.getTimerCount()).toBe(0);
  expect(sliceIn(calm)).toBe(2);
  goTo(store, 3);
  expect(sliceIn(calm)).toBe(3);
  expect(heard).toHaveLength(1);
  calm.subscribe(() => {});
  expect(sliceIn(calm)).toBe(3);
});
