/** The memory that a run will take, told before it starts. */
import { settingsOfRun } from '../../../../workers/train/settings';
import { isLocked, settingsProblem } from './selectors';
import type { TrainContext } from './trainContext';

/** Asks anew; settles when the answer for what is chosen now is in the state, or there can be none. Never rejects. */
export type Estimate = () => Promise<void>;

export function createEstimate(context: TrainContext, ensureVolumes: () => Promise<void>): Estimate {
  const {
    train,
    patch,
    services: { trainClient },
    report,
  } = context;
  let latest = 0;
  return async () => {
    if (isLocked(train())) return;
    latest += 1;
    const mine = latest;
    if (settingsProblem(train().settings)) {
      patch({ estimate: null, isEstimating: false });
      return;
    }
    patch({ isEstimating: true });
    try {
      await context.ready();
      await ensureVolumes();
      // Settings may have changed while volumes were cut: their own call is under way.
      if (mine !== latest) return;
      const estimate = await trainClient.estimate(settingsOfRun(train().settings));
      if (mine === latest) patch({ estimate });
    } catch (error) {
      if (mine === latest) patch({ estimate: null });
      report(error);
    } finally {
      if (mine === latest) patch({ isEstimating: false });
    }
  };
}
