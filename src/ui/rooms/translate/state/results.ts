/** The finished slices: one set for each recipe. */
import type { ModelCard, Scan, SliceResult } from '../../../../workers/translate/protocol';
import type { Context } from '../../../state/context';
import type { AppActions, Recipe, ResultSet } from '../../../state/types';
import { provenanceOf, recipeKey } from './recipe';
import { currentResults } from './selectors';

/** Results of this many recipes are kept, so that going back to earlier settings shows them again. */
const KEPT = 3;

export function patchResults(set: Context['set'], key: string, change: (old: ResultSet) => ResultSet): void {
  set(({ results }) => ({ results: results.map((r) => (r.key === key ? change(r) : r)) }));
}

/** Makes room for the recipe's slices and returns its key; the oldest results go. */
export function beginResults(
  { set, services: { now } }: Context,
  recipe: Recipe,
  card: ModelCard,
  modelId: string,
  scan: Scan,
): string {
  const key = recipeKey(recipe);
  set(({ results, own }) => {
    const begun: ResultSet = results.find((r) => r.key === key) ?? {
      key,
      recipe,
      own: own[card.id] ?? null,
      provenance: provenanceOf(recipe, card, modelId, scan, now()),
      slices: new Map(),
      scores: new Map(),
    };
    return { results: [...results.filter((r) => r.key !== key), begun].slice(-KEPT) };
  });
  return key;
}

export function addSlice({ get, set }: Context, key: string, slice: SliceResult): void {
  patchResults(set, key, (r) => {
    const backend = get().engine.info?.backend ?? r.recipe.backend;
    return { ...r, slices: new Map(r.slices).set(slice.index, { ...slice, backend }) };
  });
}

export function resultActions({
  get,
  services: { client, download },
  notify,
  report,
}: Context): Pick<AppActions, 'save'> {
  return {
    async save(dtype) {
      const { source } = get();
      const results = currentResults(get());
      if (!source || !results || results.slices.size === 0) return;
      try {
        const slices = [...results.slices.values()].map(({ index, image }) => ({ index, image }));
        const files = await client.save({
          scanId: source.scanId,
          provenance: results.provenance,
          slices,
          dtype,
        });
        download(files.niftiName, files.nifti, 'application/gzip');
        download(files.sidecarName, files.sidecar, 'application/json');
        notify(
          'info',
          `Saved ${files.niftiName} and its sidecar: ${slices.length} translated ${slices.length === 1 ? 'slice' : 'slices'}, the others zero.`,
        );
      } catch (error) {
        report(error);
      }
    },
  };
}
