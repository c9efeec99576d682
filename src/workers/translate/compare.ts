/** Models side by side on real pairs: the suites of engine/bench on scans that are open here, with pictures of what is scored. */
import type { Bench, BenchModel, BenchPair } from '../../engine/bench/bench';
import { type CellStore, runSuite } from '../../engine/bench/runSuite';
import type { MadeSlice, Suite } from '../../engine/bench/suite';
import { noise } from '../../engine/bench/suites/noise';
import { quality } from '../../engine/bench/suites/quality';
import { variability } from '../../engine/bench/suites/variability';
import { onScale } from '../../engine/evaluation/dataRange';
import type { StateDict } from '../../engine/formats/namedTensor';
import { type PreparedScan, prepareScan } from '../../engine/prepareScan';
import { BadRequest } from '../../errors';
import { referenceFrame } from '../../volume/intensity';
import { planeView, takeSlice } from '../../volume/planes';
import type { OpenScan } from './calls';
import type { ComparedPair, ComparedSlice, CompareEvent, CompareRequest, ModelSource } from './protocol';

/** Those that need nothing but models and pairs; the command line has more. */
const SUITES: readonly Suite[] = [quality, variability, noise];

export interface CompareEnvironment {
  /** @throws BadRequest where it is not open */
  scanOf(scanId: string): OpenScan;
  weights(source: ModelSource): Promise<StateDict>;
  /** Milliseconds, monotonic. */
  now(): number;
  signal: AbortSignal;
  /** Lets a cancel in; throws if the device has failed. */
  pause(): Promise<void>;
  event(event: CompareEvent, transfer?: Transferable[]): void;
}

/** @throws Aborted within one reverse step of the signal; BadRequest where models and pairs do not belong together */
export async function compareModels(request: CompareRequest, environment: CompareEnvironment): Promise<void> {
  const { event, now, pause, signal } = environment;
  const suites = request.suites.map(suiteOf);
  const bench = benchOf(request, environment);
  const pairOf = new Map(bench.pairs.map((pair, n) => [pair, request.pairs[n]]));
  const results = new Map(request.kept.map(({ key, result }) => [key, result]));
  const pictures = new Pictures(environment);
  for (const [place, suite] of suites.entries()) {
    const report = () => event({ report: suite.report(bench, results) });
    const store: CellStore = {
      get: (key) => results.get(key) ?? null,
      put: async (key, result) => {
        results.set(key, result);
        event({ cell: { key, result } });
        report();
      },
    };
    // All rows stand there from the beginning, and say what is awaited.
    report();
    await runSuite(suite, bench, store, {
      now,
      signal,
      pause,
      onProgress: (progress) => event({ progress: { ...progress, suite: place, suites: suites.length } }),
      onRemark: (remark) => event({ remark }),
      onSlice: (made) => pictures.tell(made, pairOf.get(made.pair)!),
    });
    report();
  }
}

function suiteOf(id: string): Suite {
  const found = SUITES.find((suite) => suite.id === id);
  if (!found)
    throw new BadRequest(
      `comparison: must be of ${SUITES.map((suite) => suite.id).join(', ')}, got "${id}"; reload the page`,
    );
  return found;
}

function benchOf({ models, pairs, options }: CompareRequest, { scanOf, weights }: CompareEnvironment): Bench {
  const [first] = models;
  const task = first && { source: first.card.source, target: first.card.target };
  return {
    models: models.map(({ source, ...model }): BenchModel => ({ ...model, weights: () => weights(source) })),
    pairs: pairs.map(
      ({ id, patient, data, sourceScanId, referenceScanId }): BenchPair => ({
        data,
        subject: id,
        patient,
        task,
        load: async () => {
          const [source, target] = [sourceScanId, referenceScanId].map((scanId) => {
            const { file, measures } = scanOf(scanId);
            return { name: file.name, image: file.image, measures };
          });
          return { source, target, outline: null };
        },
      }),
    ),
    options,
  };
}

/** The slices that are scored, for the screen: of a pair each real one once. */
class Pictures {
  private readonly told = new Set<string>();
  private readonly frames = new Map<string, PreparedScan['intensity']>();

  constructor(private readonly environment: CompareEnvironment) {}

  tell(
    { model, index, image }: MadeSlice,
    { id: pairId, sourceScanId, referenceScanId }: ComparedPair,
  ): void {
    const source = this.environment.scanOf(sourceScanId);
    const reference = this.environment.scanOf(referenceScanId);
    const view = planeView(source.file.image, 'axial');
    const frames = this.framesOf(pairId, source, model);
    const send = (of: string, values: Float32Array) => {
      const { width, height } = view;
      const [x, y] = view.spacing;
      const pixels = stored(values);
      const slice: ComparedSlice = { pairId, index, of, pixels, width, height, spacing: [x, y] };
      this.environment.event({ slice }, [pixels.buffer]);
    };
    const once = (of: string, values: () => Float32Array) => {
      const name = `${of} ${pairId} ${index}`;
      if (!this.told.has(name)) send(of, values());
      this.told.add(name);
    };
    once('source', () => onScale(takeSlice(source.file.image.voxels, view, index), frames.source));
    once('reference', () =>
      onScale(
        takeSlice(reference.file.image.voxels, view, index),
        referenceFrame(reference.measures.frameOf, frames.target),
      ),
    );
    send(model.id, onScale(image, frames.target));
  }

  /** Found once, for all slices. */
  private framesOf(pairId: string, { file, measures }: OpenScan, { id, card }: BenchModel) {
    const key = `${id} ${pairId}`;
    const found = this.frames.get(key) ?? prepareScan(file.image, card, measures).intensity;
    this.frames.set(key, found);
    return found;
  }
}

const TOP = 65535;

/** What is no number counts as 0. */
function stored(values: Float32Array): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(values, (value) => (value > 0 ? Math.round(TOP * Math.min(value, 1)) : 0));
}
