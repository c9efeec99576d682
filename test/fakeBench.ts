/** A bench of made-up models and pairs, and results of its cells, for tests of suites' reports. */
import type { Bench, BenchModel, BenchPair } from '../src/engine/bench/bench';
import type { CellResult, Suite } from '../src/engine/bench/suite';
import type { SuiteReport } from '../src/engine/bench/suiteReport';
import type { ModelCard } from '../src/engine/cards/modelCard';
import type { SliceReport } from '../src/engine/evaluation/evaluateSlices';
import { tinyCard } from './tinyModel';

export function fakeModel(name: string, changes: Partial<ModelCard> & { run?: number } = {}): BenchModel {
  const { run = 1, ...card } = changes;
  const id = `${name} ${run}`;
  const weights = { ...tinyCard(16).weights, sha256: id };
  return {
    id,
    name,
    card: { ...tinyCard(16), weights, ...card },
    weights: async () => {
      throw new Error('a made-up model has no weights');
    },
  };
}

export const fakePair = (subject: string, patient = subject): BenchPair => ({
  ...{ subject, patient, task: { source: 'T1w', target: 'FLAIR' } },
  load: async () => {
    throw new Error('a made-up pair has no scans');
  },
});

export const fakeBench = (
  models: readonly BenchModel[],
  pairs: readonly BenchPair[],
  options: Partial<Bench['options']> = {},
): Bench => ({ models, pairs, options: { slices: null, samples: 1, seed: 0, ...options } });

/** Slices of these PSNR in dB; SSIM is a hundredth of it. */
export const fakeSlices = (psnrs: readonly (number | null)[]): SliceReport[] =>
  psnrs.map((psnr, index) => {
    const score = { psnr, ssim: (psnr ?? 0) / 100, mae: 0 };
    return { index, whole: score, foreground: score, inside: null, paper: score, missing: null };
  });

/** What a suite makes of the cells' results: by a part of the label each; a text is why one failed. */
export function reportOf<R>(suite: Suite<R>, bench: Bench, results: Record<string, R | string>): SuiteReport {
  const found = new Map<string, CellResult<R>>();
  for (const { key, label } of suite.cells(bench)) {
    const part = Object.keys(results).find((one) => label.includes(one));
    if (part === undefined) continue;
    const result = results[part];
    found.set(key, typeof result === 'string' ? { failed: result } : { value: result });
  }
  return suite.report(bench, found);
}
