/** The training worker: wires its calls to the browser, as engine.worker.ts does those of a translation. */
import { browserEnvironment } from './browserEnvironment';
import { originRuns } from './originRuns';
import { serve } from './serve';
import { createTrainCalls } from './trainCalls';
import type { TrainCalls } from './trainProtocol';
import { loadWeights } from './weightsCache';
import { checkDevice, fetchOwnJson, listen, onDeviceError, ownUrl, pause, post } from './workerLife';

const handlers = createTrainCalls({
  engine: browserEnvironment(onDeviceError),
  checkDevice,
  fetchJson: fetchOwnJson,
  loadWeights: (path, expected, onProgress, signal) =>
    loadWeights(ownUrl(path), expected, onProgress, signal),
  pause,
  today: () => new Date(),
  runs: originRuns,
});

listen(serve<TrainCalls>(handlers, post));
