/** Looks how the source suits the chosen model whenever one of them changes. */
import type { Context } from '../../../state/context';
import type { AppData } from '../../../state/types';
import { chosenCard } from './selectors';

/** To be called after every change of the state. */
export function createInputCheck({
  get,
  set,
  services: { client },
}: Context): (state: AppData, before: AppData) => Promise<void> {
  return async (state, before) => {
    const { source } = state;
    const card = chosenCard(state);
    if (source === before.source && card === chosenCard(before)) return;
    if (!source || !card) return;
    try {
      const warnings = await client.checkInput(source.scanId, card);
      const isStill = get().source === source && chosenCard(get()) === card;
      if (isStill) set({ inputCheck: { scanId: source.scanId, card, warnings } });
    } catch {
      // The scan was closed meanwhile, or the engine is gone, which says so itself.
    }
  };
}
