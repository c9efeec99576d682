/** What decides the result. It stands still while a run goes on, whose controls are disabled anyway. */
import { previewCard } from '../../workers/translate/provenance';
import type { ScoreMissing } from '../rooms/translate/state/scoring';
import { chosenCard } from '../rooms/translate/state/selectors';
import type { Context } from './context';
import { loadOwn } from './ownWeights';
import type { AppActions, AppData } from './types';

export function choiceActions(
  context: Context,
  scoreMissing: ScoreMissing,
): Pick<AppActions, 'pickModel' | 'setSettings' | 'setRange' | 'recall'> {
  const { get, set } = context;
  const choose = (patch: Partial<AppData>) => {
    if (get().run) return;
    set(patch);
    void scoreMissing();
  };
  return {
    pickModel: (cardId) => choose({ cardId }),
    setSettings: (patch) => choose({ settings: { ...get().settings, ...patch } }),
    setRange: (range) => choose({ range }),

    async recall(key) {
      const kept = get().results.find((r) => r.key === key);
      if (!kept || get().run || get().opening) return;
      const { cardId, seed, samples, noise, style = get().settings.style, previewOf } = kept.recipe;
      // Own weights may have been described anew since.
      if (kept.own && kept.own !== get().own[cardId] && !(await loadOwn(context, kept.own))) return;
      // Of a model whose chain is short nothing is said about others.
      const card = chosenCard({ ...get(), cardId });
      const preview = card && previewCard(card) ? previewOf !== undefined : get().settings.preview;
      choose({ cardId, settings: { seed, samples, noise, style, preview } });
    },
  };
}
