import { expect, it } from 'vitest';
import { presetSettings } from '../../../../workers/train/settings';
import { withEvent } from './events';
import { runOf } from './run';

const run = runOf({
  ...{
    runId: 'r',
    settings: presetSettings('tiny', { a: 'T1w', b: 'FLAIR' }),
    step: 0,
    bytes: 1,
    inUse: false,
  },
  ...{ started: '2026-01-01', saved: '2026-01-01' },
  volumes: { trainA: [], trainB: [], valA: [], valB: [] },
});

it('knows the slice that is scored until the scores or the next iteration come', () => {
  const drawing = { step: 0, slice: 1, of: 4 };
  const drawn = withEvent(run, { drawing });
  expect(drawn.drawing).toEqual(drawing);
  expect(withEvent(drawn, { preview: { step: 0, direction: 'aToB', rows: [] } }).drawing).toBeNull();
  const scoring = { step: 0, slice: 3, of: 16 };
  const scored = withEvent(run, { scoring });
  expect(scored.scoring).toEqual(scoring);
  expect(withEvent(scored, { validation: { step: 0, directions: [] } }).scoring).toBeNull();
  const progress = {
    iterations: 9,
    iterationsPerSecond: 1,
    remainingMs: 1,
    memoryBytes: 1,
    compiling: false,
  };
  const step = { step: 1, losses: {}, rate: 1e-4, ms: 1 };
  expect(withEvent(scored, { step, progress: { step: 1, ...progress } }).scoring).toBeNull();
});

it('keeps a preview once, however often the run is stopped before the next iteration is done', () => {
  const previews = (['aToB', 'bToA'] as const).map((direction) => ({ step: 0, direction, rows: [] }));
  const told = [...previews, { ...previews[0], step: 4 }, ...previews.map((one) => ({ ...one }))];
  const after = told.reduce((now, preview) => withEvent(now, { preview }), run);
  expect(after.previews).toHaveLength(3);
  expect(after.previews.at(-1)).toBe(told.at(-1));
});
