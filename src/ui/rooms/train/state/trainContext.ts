/** What the Train room's groups of actions share. */
import { isOfKernels } from '../../../kernelFeatures';
import type { Context } from '../../../state/context';
import type { TrainData } from './types';

export interface TrainContext extends Context {
  train(): TrainData;
  patch(change: Partial<TrainData> | ((train: TrainData) => Partial<TrainData>)): void;
  /** Makes the training worker compute on the backend that the page was asked to use. */
  ready(): Promise<void>;
}

export function trainContext(context: Context): TrainContext {
  const { get, set, services } = context;
  const patch: TrainContext['patch'] = (change) =>
    set(({ train }) => ({ train: { ...train, ...(typeof change === 'function' ? change(train) : change) } }));
  return {
    ...context,
    train: () => get().train,
    patch,
    async ready() {
      const { backend, features } = await services.trainClient.start(get().engine.requested);
      if (get().train.backend !== backend) patch({ backend, kernels: features.filter(isOfKernels) });
    },
  };
}
