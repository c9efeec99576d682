/** Everything that the Train room can do, put together. */
import { SIDES } from '../../../../workers/train/settings';
import type { Context } from '../../../state/context';
import { untilAborted } from '../../../state/untilAborted';
import { createEstimate } from './estimate';
import { REAL_CONTRASTS, REAL_EVERY, REAL_SCANS } from './realScans';
import { trainRunActions } from './run';
import { settingsActions } from './settings';
import { createRefreshStored, storedRunActions } from './storedRuns';
import { trainContext } from './trainContext';
import { R_NETWORKS, type TrainActions } from './types';
import { notHeld } from './volumeShelf';
import { createVolumes } from './volumes';

/** The demo trains on what the phantom is drawn in. */
const DEMO_CONTRASTS = { a: 'T1w', b: 'FLAIR' };

export function trainActions(shared: Context): TrainActions {
  const context = trainContext(shared);
  const {
    get,
    train,
    patch,
    services: { fetchDemo, trainClient },
    notify,
    report,
  } = context;
  const volumes = createVolumes(context, () => estimate());
  const estimate = createEstimate(context, volumes.ensure);
  const refreshStored = createRefreshStored(context);
  const settings = settingsActions(context, estimate);
  let hasEntered = false;
  /** What they are is not kept with them. */
  const readStartsOfR = async () => {
    for (const network of R_NETWORKS) {
      const source = train().start.sources[network];
      if (source?.kind === 'file') await settings.setStartR(network, source);
    }
  };

  return {
    ...volumes.actions,
    ...settings,
    ...trainRunActions(context, estimate, refreshStored),
    ...storedRunActions(context, refreshStored),

    async enter() {
      if (hasEntered) return;
      hasEntered = true;
      void trainClient.keepRuns(false).then((isKept) => patch({ isKept }));
      await refreshStored();
      await estimate();
    },

    restore({ volumes: former, ...chosen }) {
      if (train().volumes.length > 0 || train().adding || train().phase !== 'idle') return;
      patch({ ...chosen, volumes: former.map(notHeld) });
      void readStartsOfR();
      if (hasEntered) void estimate();
    },

    async tryPhantoms() {
      if (train().adding || train().phase !== 'idle') return;
      settings.pickPreset('tiny');
      for (const side of SIDES) settings.setContrast(side, DEMO_CONTRASTS[side]);
      await volumes.addPhantoms();
    },

    async tryRealScans() {
      if (train().adding || train().phase !== 'idle') return;
      const { source, target } = REAL_CONTRASTS;
      const card = get().models.find((model) => model.source === source && model.target === target);
      if (!card) {
        notify('info', `No model of ${source} to ${target} ships with this page to go on from.`);
        return;
      }
      patch({ adding: { done: 0, total: REAL_SCANS.length, again: false, phantom: false } });
      const signal = volumes.begin();
      let files: File[] | null;
      try {
        files = await untilAborted(Promise.all(REAL_SCANS.map(({ scan }) => fetchDemo(scan))), signal);
      } catch (error) {
        report(error);
        return;
      } finally {
        patch({ adding: null });
      }
      if (!files) return;
      const fetched = files;
      // The variant first: what a start model's course is depends on it.
      settings.patchVariant({ pairing: 'paired', adversarial: false });
      settings.pickStart(card.id);
      settings.setEvery(REAL_EVERY(train().settings.iterations));
      const held = new Set(train().volumes.map(({ added }) => `${added.role} ${added.name}`));
      const wanted = REAL_SCANS.map(({ role, scan }, n) => ({
        role,
        parts: { path: scan.name, files: [fetched[n]] },
      }));
      await volumes.add(wanted.filter(({ role, parts }) => !held.has(`${role} ${parts.path}`)));
    },
  };
}
