import type { ModelCard } from '../../engine/cards/modelCard';
import { BaselineFit, type Baselines } from '../../engine/evaluation/baselines/fitBaselines';
import { pairedSlices } from '../../engine/training/dataset';
import { gridOfModel } from '../../engine/training/settings';
import { Aborted } from '../../errors';
import { readChosen } from '../../platform/node/scans';
import { isBadInput } from '../kit/badInput';
import type { PairPaths } from './evaluatePairs';

/**
 * Fits what needs no network on the pairs of training, scan after scan; one that cannot be read is told and left out.
 * @throws Aborted within a scan of the signal
 */
export async function fittedBaselines(
  pairs: readonly PairPaths[],
  { preprocessing }: Pick<ModelCard, 'preprocessing'>,
  {
    signal,
    pause,
    show,
    warn,
  }: {
    signal: AbortSignal;
    pause: () => Promise<void>;
    show: (text: string) => void;
    warn: (text: string) => void;
  },
): Promise<Baselines> {
  const fit = new BaselineFit();
  const grid = gridOfModel(preprocessing);
  for (const [n, { subject, source, target }] of pairs.entries()) {
    show(`fitting the baselines, training scan ${n + 1} of ${pairs.length}`);
    await pause();
    if (signal.aborted) throw new Aborted('evaluation: cancelled');
    try {
      const slices = pairedSlices(
        { a: await readChosen(source), b: await readChosen(target) },
        subject,
        grid,
      );
      fit.addTarget(slices.b);
      for (let slice = 0; slice < slices.a.count; slice++) fit.addAligned(slices.a, slice, slices.b, slice);
    } catch (error) {
      if (!isBadInput(error)) throw error;
      warn(`${subject}: not used for the baselines: ${(error as Error).message}`);
    }
  }
  return fit.baselines();
}
