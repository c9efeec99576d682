/** The training worker: wires its calls to the browser, as translate.worker.ts does those of a translation. */
import { originRuns } from '../../platform/browser/originRuns';
import { browser, listen, post } from '../line/life';
import { serve } from '../line/serve';
import { createTrainCalls } from './calls';
import type { TrainCalls } from './protocol';

listen(serve<TrainCalls>(createTrainCalls({ ...browser, runs: originRuns }), post));
