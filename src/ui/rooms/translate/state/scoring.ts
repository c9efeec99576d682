import type { ScorePair } from '../../../../workers/translate/protocol';
import type { Context } from '../../../state/context';
import type { ResultSet } from '../../../state/types';
import { sliceToSend } from './madeVolume';
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
        const scored = await client.score({
          scanId: source.scanId,
          referenceScanId: reference.scan.scanId,
          provenance: results.provenance,
          slices: todo.map((index) => sliceToSend(results.made, index)),
        });
        if (get().reference !== reference) continue;
        if (scored.length < todo.length) return;
        const pairs = scored.map((pair) => [pair.synthetic.index, pair] as const);
        patchResults(set, results.key, (r) => ({ ...r, scores: new Map([...r.scores, ...pairs]) }));
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
