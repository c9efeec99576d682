import { describe, expect, it } from 'vitest';
import { normals } from '../../random';
import { presetSettings, type TrainSettings } from '../../training/settings';
import { SIDES } from '../../training/sides';
import { drawsOf, type PhaseDraws, type StepDraws } from './draws';

const settings = { ...presetSettings('tiny', { a: 'T1w', b: 'T2w' }), batch: 3 };
const FIELDS = ['noise', 'pairNoise', 'posteriorNoise', 'z'] as const;
const phasesOf = ({ d, g }: StepDraws): PhaseDraws[] => [d.a, d.b, g.a, g.b];
const numbersOf = (draws: StepDraws) =>
  phasesOf(draws).flatMap((phase) => FIELDS.flatMap((f) => [...phase[f]]));

describe('drawsOf', () => {
  it('gives numbers for every image of the batch, both sides and both phases', () => {
    const draws = drawsOf(settings, 0);
    for (const phase of [draws.d, draws.g]) {
      for (const side of SIDES) {
        expect(phase[side].t).toHaveLength(3);
        expect(phase[side].z).toHaveLength(3 * 100);
        for (const field of ['noise', 'pairNoise', 'posteriorNoise'] as const)
          expect(phase[side][field]).toHaveLength(3 * 64 * 64);
      }
    }
  });

  it('depends on seed and iteration alone', () => {
    const longer: TrainSettings = { ...settings, iterations: 7 };
    expect(drawsOf(settings, 5)).toEqual(drawsOf(longer, 5));
    const first = numbersOf(drawsOf(settings, 5));
    for (const other of [drawsOf(settings, 6), drawsOf({ ...settings, seed: 2 }, 5)])
      expect(numbersOf(other).filter((v, i) => v === first[i]).length).toBeLessThan(5);
  });

  it('never draws the same numbers twice in an iteration, nor those of a translation', () => {
    const arrays = phasesOf(drawsOf(settings, 1)).flatMap((phase) => FIELDS.map((f) => phase[f]));
    const translation = normals({ seed: settings.seed, sample: 0, slice: 0, step: 1, stream: 'noise' }, 300);
    const starts = [...arrays, translation].map((values) => values.slice(0, 8).join());
    expect(new Set(starts).size).toBe(17);
  });

  it('draws N(0, 1)', () => {
    const x = numbersOf(drawsOf({ ...settings, batch: 4 }, 3));
    const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
    const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length;
    // Four standard errors.
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(x.length));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / x.length));
  });

  it('draws t from 0 to n-1, each as often', () => {
    const small = { ...settings, size: 1, batch: 4, diffusion: { ...settings.diffusion, steps: 8 } };
    const counts = new Array(8).fill(0);
    for (let step = 0; step < 1000; step++)
      for (const { t } of phasesOf(drawsOf(small, step))) for (const v of t) counts[v]++;
    expect(counts).toHaveLength(8);
    // 16000 draws, 2000 of each: four standard deviations are 167.
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(4 * Math.sqrt((16000 * 7) / 64));
  });
});
