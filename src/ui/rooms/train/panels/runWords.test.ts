import { expect, it } from 'vitest';
import { presetSettings } from '../../../../workers/train/settings';
import type { TrainRun } from '../state/types';
import { checkpointBlock, phaseText, runFigures, scoringPlace, speedText, weightsText } from './runWords';

const progress = {
  step: 3,
  iterations: 10,
  iterationsPerSecond: 2,
  remainingMs: 61_000,
  memoryBytes: 1_500_000,
  compiling: true,
};
const run: TrainRun = {
  runId: 'r',
  settings: presetSettings('tiny', { a: 'T1w', b: 'FLAIR' }),
  volumes: { trainA: [], trainB: [], valA: [], valB: [] },
  progress,
  scoring: null,
  drawing: null,
  step: 3,
  steps: [],
  validations: [],
  previews: [],
  checkpoint: null,
};

it.each([
  [3.21, '3.2 it/s'],
  [0.08, '12.5 s/it'],
  [0, '–'],
  [Number.NaN, '–'],
])('says a speed of %d as %s', (perSecond, said) => {
  expect(speedText(perSecond)).toBe(said);
});

it('says what the run is doing', () => {
  expect(phaseText('running', { ...run, progress: null })).toBe('Preparing networks and slices…');
  expect(phaseText('running', run)).toBe('Compiling shaders…');
  expect(phaseText('running', { ...run, progress: { ...progress, compiling: false } })).toBe('Training');
  expect(phaseText('pausing', run)).toBe('Writing a checkpoint…');
});

it('says how far a validation is, before the shaders and until the pause', () => {
  const scoring = { ...run, scoring: { step: 0, slice: 3, of: 16 } };
  expect(phaseText('running', scoring)).toBe('Scoring before the first iteration');
  expect(scoringPlace('running', scoring)).toBe('slice 3 of 16');
  expect(phaseText('running', { ...run, scoring: { step: 50, slice: 1, of: 16 } })).toBe(
    'Scoring after iteration 50',
  );
  expect(phaseText('paused', scoring)).toBe('Paused');
  expect(scoringPlace('paused', scoring)).toBeNull();
  expect(scoringPlace('running', run)).toBeNull();
});

it('says that pictures are made, which take a minute of methods of many steps', () => {
  const drawing = { ...run, drawing: { step: 0, slice: 1, of: 4 } };
  expect(phaseText('running', drawing)).toBe('Making the first pictures');
  expect(scoringPlace('running', drawing)).toBe('picture 1 of 4');
  expect(phaseText('running', { ...run, drawing: { step: 50, slice: 1, of: 4 } })).toBe(
    'Making the pictures of iteration 50',
  );
});

it('takes a model only from a checkpoint with an iteration in it', () => {
  expect(checkpointBlock(null)).toBe('There is no checkpoint yet');
  expect(checkpointBlock(0)).toBe('No iteration is done yet: the start model is unchanged');
  expect(checkpointBlock(4)).toBeNull();
});

it('names the cycle weight only where the variant has the term', () => {
  const { variant, method } = run.settings;
  const options = { 'weight-l1': 0.5, 'weight-cycle': 0.25 };
  const text = (change: Partial<typeof variant>) =>
    weightsText({ method, options, variant: { ...variant, cycle: true, ...change } });
  expect(text({})).toBe('L1 0.5, cycle 0.25');
  for (const without of [{ cycle: false }, { pairing: 'paired' }, { r: 'frozen' }] as const)
    expect(text(without)).toBe('L1 0.5');
});

it('tells time left only while the run goes on', () => {
  const figures = (phase: 'running' | 'paused') => Object.fromEntries(runFigures(phase, run));
  expect(figures('running')).toEqual({
    Speed: '2.0 it/s',
    Left: '1 min 1 s',
    Memory: '1.5 MB',
    Checkpoint: '–',
  });
  expect(figures('paused').Left).toBe('–');
});
