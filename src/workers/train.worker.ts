/** The training worker: wires its calls to the browser, as engine.worker.ts does those of a translation. */
import { originRuns } from './originRuns';
import { serve } from './serve';
import { createTrainCalls } from './trainCalls';
import type { TrainCalls } from './trainProtocol';
import { browser, listen, post } from './workerLife';

listen(serve<TrainCalls>(createTrainCalls({ ...browser, runs: originRuns }), post));
