/** Scores of a run's models on aligned pairs of a split, beside the baselines fitted on the slices that it was trained on. */
import { fitBaselines } from '../../engine/evaluation/baselines/fitBaselines';
import type { ModelReport } from '../../engine/evaluation/report';
import { trainingOf } from '../../engine/methods';
import { loadTranslator, type Translator } from '../../engine/methods/translator';
import { type CheckpointIndex, readAverage } from '../../engine/training/checkpoint';
import type { TrainData } from '../../engine/training/data';
import type { RunFiles } from '../../engine/training/runFiles';
import type { Direction } from '../../engine/training/sides';
import { sidesOf } from '../../engine/training/sides';
import { type EvaluationCalls, evaluatePairs } from '../evaluate/evaluatePairs';
import type { ScanPairPaths } from './trainData';
import type { TrainedModel } from './trainModels';

export interface DirectionReport extends ModelReport {
  direction: Direction;
}

export interface EvaluationFacts {
  index: CheckpointIndex;
  files: RunFiles;
  data: TrainData;
  aligned: readonly string[];
}

/** @throws as `evaluatePairs` */
export async function evaluateModel(
  { direction, card, state }: TrainedModel,
  pairs: readonly ScanPairPaths[],
  { index, files, data, aligned }: EvaluationFacts,
  calls: EvaluationCalls,
): Promise<DirectionReport> {
  const { settings } = index;
  const { variant } = settings;
  const sides = sidesOf(direction);
  calls.onProgress('fitting the baselines');
  const baselines = fitBaselines(data, sides, aligned, variant.pairing === 'paired');
  const loaded: Translator[] = [];
  const load = async (of: typeof card, weights: typeof state) => {
    const translator = await loadTranslator(of, weights);
    loaded.push(translator);
    return { card: of, translator };
  };
  try {
    const model = await load(card, state);
    const beside = trainingOf(settings).beside(settings, direction);
    const r = beside
      ? await load(
          { ...card, network: beside.network, diffusion: beside.diffusion },
          await readAverage(files, index, beside.name),
        )
      : undefined;
    const report = await evaluatePairs(
      {
        pairs: pairs.map((pair) => ({
          subject: pair.a.subject,
          patient: pair.a.subject,
          source: pair[sides.source],
          target: pair[sides.target],
        })),
        model,
        r,
        baselines,
        every: 1,
        samples: null,
      },
      calls,
    );
    return { direction, ...report };
  } finally {
    for (const translator of loaded) translator.dispose();
  }
}
