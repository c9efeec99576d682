/** The training worker: wires its calls to the browser, as translate.worker.ts does those of a translation. */
import { originRuns } from '../../platform/browser/originRuns';
import { browser } from '../line/life';
import { listen, post } from '../line/listen';
import { serve } from '../line/serve';
import { createTrainCalls } from './calls';
import type { TrainCalls } from './protocol';

listen(serve<TrainCalls>(createTrainCalls({ ...browser, runs: originRuns }), post));
