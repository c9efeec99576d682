/** How fast engines run the same models here, ours and others', in one run: steps, where their time goes, and iterations of training. */
import { BadRequest } from '../../../errors';
import type { Suite } from '../suite';
import { type Layers, layersCell, layerTables } from './speedLayers';
import { enginesOf, modelsOf, type Results } from './speedParts';
import { QUICK_RUNS, RUNS, type Steps, stepsCell, stepsChart, stepsTable } from './speedSteps';
import { type Trainings, trainingCell, trainingsOf, trainingTable } from './speedTraining';

type Result = Steps | Layers | Trainings;

export const speed: Suite<Result> = {
  id: 'speed',
  title: 'Speed',
  text: 'milliseconds of a reverse step by our kernels, plain TensorFlow.js and onnxruntime-web, on a GPU and on wasm, in one run and in random order, with dispatches and memory; of the layers, held against the measured peak of the machine; and of an iteration of training',
  needs: 'models',
  isApart: true,
  usual: { slices: null, samples: RUNS, quickSamples: QUICK_RUNS },
  cells: (bench) => {
    if (bench.models.length === 0)
      throw new BadRequest('bench: needs models to be timed, got none; choose some');
    if (modelsOf(bench).length === 0)
      throw new BadRequest(
        'speed: needs models that translate, got those that make images of noise alone; choose others',
      );
    if (enginesOf(bench).length === 0)
      throw new BadRequest('speed: needs engines to be compared, got none; ask for it where there are some');
    return [
      ...modelsOf(bench).flatMap((model) => [stepsCell(bench, model), layersCell(bench, model)]),
      ...trainingsOf(bench).map((training) => trainingCell(bench, training)),
    ];
  },
  report: (bench, results) => ({
    suite: 'speed',
    title: 'Speed',
    tables: [
      ...modelsOf(bench).map((model) => stepsTable(bench, model, results as Results<Steps>)),
      ...modelsOf(bench).flatMap((model) => layerTables(bench, model, results as Results<Layers>)),
      ...trainingsOf(bench).map((training) => trainingTable(bench, training, results as Results<Trainings>)),
    ],
    charts: [stepsChart(bench, results as Results<Steps>)],
  }),
};
