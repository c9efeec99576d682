import { expect, it } from 'vitest';
import type { Run } from '../../../state/types';
import { readingWords, runWords } from './runWords';

const loading: Run = {
  phase: 'loading',
  load: null,
  progress: null,
  slices: [1, 2],
  isCancelling: false,
};

it('counts bytes while weights are loaded', () => {
  expect(runWords(loading).value).toBeNull();
  const load = { receivedBytes: 1_000_000, totalBytes: 4_000_000 };
  expect(runWords({ ...loading, load })).toMatchObject({ value: 0.25, detail: '1.0 MB of 4.0 MB' });
});

it('counts slices and the steps inside the slice', () => {
  const progress = {
    done: 1,
    total: 2,
    stepsDone: 6,
    stepsTotal: 8,
    elapsedMs: 1,
    remainingMs: 2000,
    compiling: false,
  };
  const run: Run = { ...loading, phase: 'translating', progress };
  expect(runWords(run)).toEqual({ label: 'Slice 2 of 2, step 3 of 4', value: 0.75, detail: '2.0 s left' });
});

it('counts slices alone where a slice is one step', () => {
  const first = {
    ...{ done: 0, total: 24, stepsDone: 0, stepsTotal: 24, elapsedMs: 1, remainingMs: null },
    compiling: true,
  };
  const label = (progress: typeof first) => runWords({ ...loading, phase: 'translating', progress }).label;
  expect(label(first)).toBe('Slice 1 of 24: it prepares the engine');
  expect(label({ ...first, done: 3, stepsDone: 3, compiling: false })).toBe('Slice 4 of 24');
});

it('says why the first step is slow, and never counts beyond the last slice', () => {
  const first = {
    done: 0,
    total: 2,
    stepsDone: 0,
    stepsTotal: 8,
    elapsedMs: 1,
    remainingMs: null,
    compiling: true,
  };
  expect(runWords({ ...loading, phase: 'translating', progress: first }).label).toMatch(
    /^Slice 1 of 2: the first step/,
  );
  const last = { ...first, done: 2, stepsDone: 8, compiling: false };
  expect(runWords({ ...loading, phase: 'translating', progress: last })).toMatchObject({
    label: 'Finishing',
    value: 1,
  });
});

it('says how much of a scan is read while pieces of it are still to come', () => {
  expect(readingWords('source', 0.25)).toEqual({ label: 'Reading the scan', value: 0.25 });
  expect(readingWords('reference', 0.5)).toEqual({ label: 'Reading the reference', value: 0.5 });
  expect([readingWords('source', null), readingWords('source', 1), readingWords('weights', 0.5)]).toEqual([
    null,
    null,
    null,
  ]);
});
