/** The translating worker in this realm: its real calls behind a stand-in for the Worker, which clones messages like one. */
import type { BackendEnvironment } from '../src/engine/backend/backend';
import { DeviceLost } from '../src/errors';
import { serialiseError, serve } from '../src/workers/line/serve';
import { createCalls } from '../src/workers/translate/calls';
import type { WorkerLike } from '../src/workers/translate/client';
import type { Request, Response } from '../src/workers/translate/protocol';

/** After `dieAfterSteps` reverse steps it reports a lost device, as the real one would. */
export function engineStandIn(engine: BackendEnvironment, dieAfterSteps = Infinity): WorkerLike {
  let steps = 0;
  let dead = false;
  let lost: DeviceLost | null = null;
  const worker: WorkerLike = {
    onmessage: null,
    onerror: null,
    postMessage: (message: Request) => void handle(structuredClone(message)),
    terminate: () => {
      dead = true;
    },
  };
  const post = (message: Response) => {
    if (!dead) worker.onmessage?.({ data: structuredClone(message) } as MessageEvent);
  };
  const handle = serve(
    createCalls({
      engine,
      checkDevice: () => {
        if (++steps > dieAfterSteps && !lost) {
          lost = new DeviceLost('webgpu: the GPU device was lost (test)');
          post({ id: -1, kind: 'lost', error: serialiseError(lost) });
        }
        if (lost) throw lost;
      },
      fetchJson: async () => ({ models: [] }),
      loadWeights: async () => {
        throw new Error('no server here');
      },
      pause: () => new Promise((resolve) => setTimeout(resolve)),
      memory: (bytes) => new SharedArrayBuffer(bytes),
      today: () => new Date(0),
      userAgent: 'test',
    }),
    post,
  );
  return worker;
}
