/** A real scan of the target whose style the images are to have: read once, by the chosen model's encoder; what stays is the style's numbers. */
import { onlyVolume } from '../../../../volume/oneVolume';
import type { Scan } from '../../../../workers/translate/protocol';
import { GIVEN_STYLE, refuseStyleScan, styleNameWarning } from '../../../../workers/translate/provenance';
import type { Context } from '../../../state/context';
import { withoutJson } from '../../../state/files';
import type { AppActions } from '../../../state/types';
import type { Reading } from './reading';
import { loadWeights } from './run';
import { chosenCard } from './selectors';

export function styleActions(
  context: Context,
  reading: Reading,
  forget: (scan: Scan | undefined) => void,
): Pick<AppActions, 'openStyle'> {
  const {
    get,
    services: { client },
    notify,
    report,
    former,
  } = context;
  return {
    async openStyle(files) {
      const card = chosenCard(get());
      if (!card || get().run) return;
      const overtake = former('style');
      const turn = reading.begin('style');
      const { signal } = turn;
      let scan: Scan | undefined;
      try {
        refuseStyleScan(card);
        scan = await client.openScan(withoutJson(files), {
          signal,
          onRead: (share) => reading.tell(turn, share),
        });
        onlyVolume(scan.name)(scan.volumeCount);
        const { modelId } = await loadWeights(context, card, signal);
        const style = await client.readStyle(scan.scanId, modelId);
        // Another model may have been chosen meanwhile, and a run stands by its settings.
        if (signal.aborted || chosenCard(get()) !== card || get().run) return;
        overtake();
        get().actions.setSettings({ noise: GIVEN_STYLE, style });
        const { name, warnings } = scan;
        const odd = [styleNameWarning(name, card) ?? [], warnings].flat();
        notify(
          odd.length > 0 ? 'warn' : 'info',
          [`${name}: the next images have its style.`, ...odd.map((text) => `${name}: ${text}`)],
          'style',
        );
      } catch (error) {
        if (!signal.aborted) report(error, 'style');
      } finally {
        forget(scan);
        reading.end(turn);
      }
    },
  };
}
