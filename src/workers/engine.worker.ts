/** The worker itself: wires the calls to the browser. Everything with logic in it lies in the files that it imports. */
import { browserEnvironment } from './browserEnvironment';
import { createCalls } from './calls';
import type { Calls } from './protocol';
import { serve } from './serve';
import { loadWeights } from './weightsCache';
import { checkDevice, fetchOwnJson, listen, onDeviceError, ownUrl, pause, post } from './workerLife';

const handlers = createCalls({
  engine: browserEnvironment(onDeviceError),
  checkDevice,
  fetchJson: fetchOwnJson,
  loadWeights: (path, expected, onProgress, signal) =>
    loadWeights(ownUrl(path), expected, onProgress, signal),
  pause,
  today: () => new Date(),
  userAgent: navigator.userAgent,
});

listen(serve<Calls>(handlers, post));
