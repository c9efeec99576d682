/** Everything that the Compare room can do, put together. */
import type { Context } from '../../../state/context';
import type { Picking } from '../../translate/state/pick';
import { compareContext } from './compareContext';
import { compareModelActions } from './models';
import { createPairs } from './pairs';
import { compareRunActions } from './run';
import type { CompareActions, ExtraSuite } from './types';

/** `whenStarted`: the demo may be asked for before the engine can open it. */
export function compareActions(
  shared: Context,
  pick: Picking,
  whenStarted: () => Promise<void>,
): CompareActions {
  const context = compareContext(shared);
  const { compare, patch } = context;
  const pairs = createPairs(context, pick);
  return {
    ...compareModelActions(context),
    ...pairs.actions,
    ...compareRunActions(context, pairs, whenStarted),

    setSlices: (slices) => {
      if (!compare().run) patch({ slices });
    },

    toggleExtra(suite) {
      if (compare().run) return;
      const { extras } = compare();
      // In their own order, whatever that of the clicks.
      const isWanted = (one: ExtraSuite) => extras.includes(one) !== (one === suite);
      patch({ extras: (['variability', 'noise'] as const).filter(isWanted) });
    },
  };
}
