import { expect, it } from 'vitest';
import { presetSettings } from '../../../workers/trainSettings';
import type { TrainRun } from '../../state/train/types';
import { phaseText, runFigures, speedText } from './runWords';

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
