import { takeSlice } from '../../../../volume/planes';
import type { SliceScore } from '../../../../workers/translate/protocol';
import type { Context } from '../../../state/context';
import type { ResultSet, ScorePair } from '../../../state/types';
import { patchResults } from './results';
import { currentResults, unscoredSlices } from './selectors';

/** Slices scored in one call: small, so that the first scores come soon. */
const BATCH = 8;

/** Scores what is shown, until every slice of it has a score against the present reference. */
export type ScoreMissing = () => Promise<void>;

export function createScoring({ get, set, services: { client }, report }: Context): ScoreMissing {
  let isScoring = false;
  return async () => {
    if (isScoring) return;
    isScoring = true;
    try {
      for (;;) {
        const state = get();
        const todo = unscoredSlices(state).slice(0, BATCH);
        const results = currentResults(state);
        if (todo.length === 0 || !results || !state.source || !state.reference) return;
        const { source, reference } = state;
        const { view, voxels: synthetic } = results.made;
        const ask = (of: 'synthetic' | 'source', voxels: Float32Array) =>
          client.score({
            referenceScanId: reference.scan.scanId,
            provenance: results.provenance,
            of,
            slices: todo.map((index) => ({ index, image: takeSlice(voxels, view, index) })),
          });
        // Both at once: during a run the worker hears a call only between two reverse steps.
        const [scores, copy] = await Promise.all([ask('synthetic', synthetic), ask('source', source.voxels)]);
        if (get().reference !== reference) continue;
        if (scores.length < todo.length) return;
        patchResults(set, results.key, (r) => ({ ...r, scores: withScores(r.scores, scores, copy) }));
      }
    } catch (error) {
      report(error);
    } finally {
      isScoring = false;
    }
  };
}

export function withoutScores(results: readonly ResultSet[]): ResultSet[] {
  return results.map((r) => ({ ...r, scores: new Map<number, ScorePair>() }));
}

function withScores(
  old: ReadonlyMap<number, ScorePair>,
  synthetic: readonly SliceScore[],
  copy: readonly SliceScore[],
): ReadonlyMap<number, ScorePair> {
  const scores = new Map(old);
  synthetic.forEach((score, n) => {
    scores.set(score.index, { synthetic: score, copy: copy[n] });
  });
  return scores;
}
