/** The finished slices: one set for each recipe. */
import type { ModelCard, Scan, SliceResult } from '../../../../workers/translate/protocol';
import { provenanceOf } from '../../../../workers/translate/provenance';
import type { Context } from '../../../state/context';
import type { AppActions, Recipe, ResultSet } from '../../../state/types';
import { addToVolume, emptyVolume, sliceToSend } from './madeVolume';
import { recipeKey } from './recipe';
import { currentResults, framesOf } from './selectors';
import { unsavedSlices } from './unsaved';

/** Results of this many recipes are kept, so that going back to earlier settings shows them again. */
const KEPT = 3;

export function patchResults(set: Context['set'], key: string, change: (old: ResultSet) => ResultSet): void {
  set(({ results }) => ({ results: results.map((r) => (r.key === key ? change(r) : r)) }));
}

/** Makes room for the recipe's slices and returns its key; the oldest results go. */
export function beginResults(
  { get, set, notify, services: { now } }: Context,
  recipe: Recipe,
  card: ModelCard,
  scan: Scan,
): string {
  const key = recipeKey(recipe);
  const before = get().results;
  set(({ results, own }) => {
    const begun: ResultSet = results.find((r) => r.key === key) ?? {
      key,
      recipe,
      own: own[card.id] ?? null,
      // Until the engine sends its own at the end of the run.
      provenance: provenanceOf({ ...card, ...recipe.model }, { intensity: framesOf(scan, card) }, recipe, {
        backend: recipe.backend,
        date: now(),
        previewOf: recipe.previewOf,
      }),
      made: emptyVolume(scan, recipe.samples),
      version: 0,
      saved: 0,
      scores: new Map(),
    };
    return { results: [...results.filter((r) => r.key !== key), begun].slice(-KEPT) };
  });
  const gone = before.filter((old) => !get().results.some((r) => r.key === old.key));
  const slices = unsavedSlices({ results: gone });
  if (slices > 0)
    notify(
      'warn',
      `Results of the last ${KEPT} settings are kept: ${slices} not saved ${slices === 1 ? 'slice' : 'slices'} of seed ${gone[0].recipe.seed} went to make room.`,
    );
  return key;
}

export function addSlice({ get, set }: Context, key: string, slice: SliceResult): void {
  patchResults(set, key, (r) => {
    const backend = get().engine.info?.backend ?? r.recipe.backend;
    addToVolume(r.made, slice, backend);
    return { ...r, version: r.version + 1 };
  });
}

export function resultActions({
  get,
  set,
  services: { client, download },
  notify,
  report,
}: Context): Pick<AppActions, 'save'> {
  return {
    async save(dtype) {
      const { source } = get();
      const results = currentResults(get());
      if (!source || !results || results.made.slices.size === 0 || get().saving !== null) return;
      try {
        const { key, version, made } = results;
        const slices = [...made.slices.keys()].map((index) => sliceToSend(made, index));
        const { scanId } = source;
        set({ saving: 0 });
        const files = await client.save({ scanId, provenance: results.provenance, slices, dtype }, (saving) =>
          set({ saving }),
        );
        download(files.imageName, files.image, 'application/octet-stream');
        download(files.sidecarName, files.sidecar, 'application/json');
        patchResults(set, key, (r) => ({ ...r, saved: version }));
        notify(
          'info',
          `Saved ${files.imageName} and its sidecar: ${slices.length} translated ${slices.length === 1 ? 'slice' : 'slices'}, the others zero.`,
        );
      } catch (error) {
        report(error);
      } finally {
        set({ saving: null });
      }
    },
  };
}
