/** Everything that the Train room can do, put together. */
import type { Context } from '../context';
import { createEstimate } from './estimate';
import { trainRunActions } from './run';
import { settingsActions } from './settings';
import { createRefreshStored, storedRunActions } from './storedRuns';
import { trainContext } from './trainContext';
import type { TrainActions } from './types';
import { createVolumes } from './volumes';

/** The demo trains on what the phantom is drawn in. */
const DEMO_CONTRASTS = { a: 'T1w', b: 'FLAIR' };

export function trainActions(shared: Context): TrainActions {
  const context = trainContext(shared);
  const { train, patch } = context;
  const volumes = createVolumes(context, () => estimate());
  const estimate = createEstimate(context, volumes.ensure);
  const refreshStored = createRefreshStored(context);
  const settings = settingsActions(context, estimate);
  let hasEntered = false;

  return {
    ...volumes.actions,
    ...settings,
    ...trainRunActions(context, estimate, refreshStored),
    ...storedRunActions(context, refreshStored),

    async enter() {
      if (hasEntered) return;
      hasEntered = true;
      await refreshStored();
      await estimate();
    },

    async tryPhantoms() {
      if (train().adding || train().phase !== 'idle') return;
      settings.pickPreset('tiny');
      patch((now) => ({ settings: { ...now.settings, contrasts: DEMO_CONTRASTS } }));
      await volumes.addPhantoms();
    },
  };
}
