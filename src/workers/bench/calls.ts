/** The measuring worker's one call: the speed suite of engine/bench on a model of the page's. */
import { type BackendEnvironment, startEngine } from '../../engine/backend/backend';
import type { Bench } from '../../engine/bench/bench';
import { ownEngines, trainingEngines } from '../../engine/bench/ownEngines';
import { type CellStore, runSuite } from '../../engine/bench/runSuite';
import type { Contender } from '../../engine/bench/speed';
import { deviceText, enginesBeside, type SpeedEngines, selfTestsText } from '../../engine/bench/startEngines';
import type { Suite } from '../../engine/bench/suite';
import { speed } from '../../engine/bench/suites/speed';
import { type ModelFiles, openModel } from '../line/modelFiles';
import type { CallHandlers } from '../line/serve';
import type { BenchCalls } from './protocol';

export interface BenchEnvironment extends ModelFiles {
  engine: BackendEnvironment;
  /** Throws if the GPU has failed since the engine started. */
  checkDevice: () => void;
  /** Lets waiting messages in, a cancel among them. */
  pause: () => Promise<void>;
  /** What is known of the machine but for its GPU: browser and cores. */
  machine: string;
  /** Engines of others beside those that run, or why there are none. */
  others: (
    engines: SpeedEngines['engines'],
  ) => Promise<Pick<SpeedEngines, 'leftOut'> & { contenders: Contender[] }>;
}

export function createBenchCalls(environment: BenchEnvironment): CallHandlers<BenchCalls> {
  const { checkDevice, pause } = environment;
  return {
    speed: async ({ backend, model, quick, kept }, { event, signal }) => {
      const first = await startEngine(backend, environment.engine);
      const { engines, leftOut } = await enginesBeside(first, environment.engine);
      const others = await environment.others(engines);
      signal.throwIfAborted();
      const device = deviceText(engines, environment.machine);
      event({ machine: device });
      const bench: Bench = {
        models: [
          {
            ...{ id: model.id, name: model.name, card: model.card },
            weights: async () => {
              const told = await openModel(
                environment,
                model.source,
                (loading) => event({ loading }),
                signal,
              );
              return told.weights.state;
            },
          },
        ],
        pairs: [],
        device,
        contenders: [...ownEngines(engines), ...others.contenders],
        trainers: trainingEngines(engines),
        selfTests: selfTestsText(engines),
        leftOut: [...leftOut, ...others.leftOut],
        options: {
          slices: null,
          samples: (quick ? speed.usual.quickSamples : undefined) ?? speed.usual.samples,
          ...{ seed: 0, quick },
        },
      };
      const results = new Map(kept.map(({ key, result }) => [key, result]));
      const suite: Suite = speed as Suite;
      const report = () => event({ report: suite.report(bench, results) });
      const store: CellStore = {
        get: (key) => results.get(key) ?? null,
        put: async (key, result) => {
          results.set(key, result);
          event({ cell: { key, result } });
          report();
        },
      };
      // Who takes part is seen at once.
      report();
      await runSuite(suite, bench, store, {
        now: environment.engine.now,
        signal,
        pause: async () => {
          await pause();
          checkDevice();
        },
        onProgress: (progress) => event({ progress }),
      });
      report();
      return null;
    },
  };
}
