/** The page's view of the measuring worker, which lives as long as a run: its memory comes back, and a cancel is heard at once. */
import { cancelled, type MakeWorker, namedError, WorkerLink } from '../line/link';
import { type ClientModelSource, sourceOf } from '../translate/client';
import type { BenchCalls, SpeedEvent, SpeedRequest } from './protocol';

export interface BenchClient {
  /**
   * One at a time. Rejects with Aborted on the signal; what the events have told is done.
   * @throws DeviceLost where the worker has died, or the GPU has failed
   */
  speed(
    request: SpeedRequest<ClientModelSource>,
    options: { onEvent: (event: SpeedEvent) => void; signal: AbortSignal },
  ): Promise<void>;
}

const makeBenchWorker: MakeWorker = (name) =>
  new Worker(new URL('./bench.worker.ts', import.meta.url), { type: 'module', name });

export function createBenchClient(makeWorker: MakeWorker = makeBenchWorker): BenchClient {
  const link = new WorkerLink<BenchCalls>({ makeWorker, name: 'syndiff-bench', lost, onLost: () => {} });
  return {
    speed: async ({ model, ...request }, { onEvent, signal }) => {
      const params = { ...request, model: { ...model, source: sourceOf(model.source) } };
      // Nothing that is only in the worker is worth waiting for.
      const stop = () => link.close('cancelled');
      signal.addEventListener('abort', stop);
      try {
        await alone(() => link.call(link.open(), 'speed', params, { onEvent, signal }));
      } catch (error) {
        throw signal.aborted ? cancelled('speed') : error;
      } finally {
        signal.removeEventListener('abort', stop);
        link.close('the measurement has ended');
      }
    },
  };
}

/** @throws Error while another tab of this browser measures: both would tell times of two */
async function alone(work: () => Promise<unknown>): Promise<void> {
  const { locks } = navigator;
  if (!locks) await work();
  else
    await locks.request('syndiff-bench', { ifAvailable: true }, async (lock) => {
      if (!lock)
        throw new Error(
          'speed: another tab measures now, and both would be slower; wait for it, or cancel it there.',
        );
      await work();
    });
}

function lost(reason: string): Error {
  return namedError({
    name: 'DeviceLost',
    message: `speed: the worker stopped (${reason}); what was measured is kept, and Start goes on from there.`,
  });
}
