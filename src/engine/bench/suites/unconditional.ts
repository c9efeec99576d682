/**
 * How near images of noise alone are to real ones as sets (the paper's table VI): Fréchet's and the kernel distance of features, of as
 * many images as there are real slices.
 */

import { BadRequest } from '../../../errors';
import { counted } from '../../counted';
import { spread } from '../../evaluation/evaluateSlices';
import { spreadOut } from '../../evaluation/slicesToScore';
import { sampleImages } from '../../sampleImages';
import { sliceImage } from '../../training/data';
import type { TranslateHooks } from '../../translateSlices';
import { isUnconditionalModel } from '../../unconditional';
import { type Bench, type BenchModel, modelKey, type RealSlices, scaleKey } from '../bench';
import type { FeatureSet } from '../featureSet';
import {
  ENOUGH_IMAGES,
  type FeatureNetwork,
  featuresOf,
  randomFeatureNetwork,
  trainedFeatureNetwork,
} from '../features';
import { frechetDistance } from '../frechet';
import { kernelDistance } from '../kid';
import { kindOf } from '../lab';
import { missingText, unreadRows } from '../rows';
import type { Cell, Lab, Suite } from '../suite';
import type { Column, Measured, Table, TableRow, TableValue } from '../suiteReport';
import type { Results } from './pairScores';

const NETWORKS = ['brain', 'random'] as const;
type NetworkId = (typeof NETWORKS)[number];

/** Of some images, by each network that there is: image after image. */
export interface ImageFeatures {
  count: number;
  features: Partial<Record<NetworkId, readonly number[]>>;
}

/** Forward passes that one cell should not exceed by much, and images. */
const MOST_PASSES = 1000;
const MOST_IMAGES = 25;
/** One image has no covariance. */
const FEWEST_IMAGES = 2;

export const unconditional: Suite<ImageFeatures> = {
  id: 'unconditional',
  title: 'Unconditional',
  text: 'distance of images of noise alone from real slices of train and val, by features (FD-brain, FD-random, KID; not the FID)',
  needs: 'real slices',
  usual: { slices: null, samples: 1 },
  cells: (bench) => {
    const models = bench.models.filter(({ card }) => isUnconditionalModel(card));
    if (models.length === 0)
      throw new BadRequest(
        'unconditional: needs models of noise alone, got none; train some by `syndiff train --unconditional`',
      );
    const found = models.flatMap((model) => {
      const real = realOf(bench, model);
      return real ? [{ model, real }] : [];
    });
    if (found.length === 0)
      throw new BadRequest(
        `unconditional: needs real slices of ${models[0].card.target}, got none; choose data that has them in train or val`,
      );
    const sets = [...new Set(found.map(({ real }) => real))];
    const few = sets.find((real) => countOf(bench, real) < FEWEST_IMAGES);
    if (few)
      throw new BadRequest(
        `unconditional: needs ${FEWEST_IMAGES} images or more to compare sets, got ${countOf(bench, few)} of ${few.contrast}; give more slices or scans`,
      );
    return [
      ...sets.map((real) => realCell(bench, real)),
      ...found.flatMap(({ model, real }) =>
        partsOf(bench, model, real).map((part) => sampleCell(bench, model, part)),
      ),
    ];
  },
  report: (bench, results) => {
    const tables = contrastsOf(bench).map((contrast) => distanceTable(bench, contrast, results));
    return {
      suite: 'unconditional',
      title: 'Images of noise alone',
      tables,
      charts: networksOf(bench).map((network) => ({
        id: `fd-${network}`,
        title: `${FD_NAMES[network]} from the real slices, smaller is nearer`,
        kind: 'bars',
        isPositive: true,
        xLabel: 'method',
        yLabel: FD_NAMES[network],
        series: tables.map(({ title, rows }) => ({
          name: title,
          points: rows.flatMap(({ name, values }) => {
            const found = values[`fd-${network}`] as Measured | null | undefined;
            return found ? [{ x: name, y: found.mean, std: found.std }] : [];
          }),
        })),
      })),
    };
  },
};

const FD_NAMES: Record<NetworkId, string> = { brain: 'FD-brain', random: 'FD-random' };
const KID_NAMES: Record<NetworkId, string> = { brain: 'KID-brain', random: 'KID-random' };

const networksOf = ({ features }: Bench): NetworkId[] => NETWORKS.filter((id) => id === 'random' || features);

const realOf = ({ real = [] }: Bench, { card }: BenchModel): RealSlices | null =>
  real.find(({ contrast, scale }) => contrast === card.target && scale === scaleKey(card)) ?? null;

/** Contrasts of models of noise alone that have real slices. */
const contrastsOf = (bench: Bench): string[] => [
  ...new Set(
    bench.models.flatMap((model) =>
      isUnconditionalModel(model.card) && realOf(bench, model) ? [model.card.target] : [],
    ),
  ),
];

/** As many as there are real slices, or as are asked for. */
const countOf = ({ options }: Bench, { slices }: RealSlices): number =>
  Math.min(options.slices ?? slices.count, slices.count);

const featuresKey = ({ features }: Bench): string => `features of FD-random ${features?.sha256 ?? ''}`;

const realKey = (bench: Bench, real: RealSlices): string =>
  `${featuresKey(bench)}/real/${real.contrast}/${real.data}/${real.scale}/${countOf(bench, real)} of ${real.slices.count}`;

interface Part {
  first: number;
  count: number;
}

/** Small enough that little is lost where a run is stopped. */
function partsOf(bench: Bench, { card }: BenchModel, real: RealSlices): Part[] {
  const all = countOf(bench, real);
  const each = Math.max(
    1,
    Math.min(MOST_IMAGES, Math.floor(MOST_PASSES / Math.max(1, card.diffusion.steps))),
  );
  return Array.from({ length: Math.ceil(all / each) }, (_, n) => ({
    first: n * each,
    count: Math.min(each, all - n * each),
  }));
}

const sampleKey = (bench: Bench, model: BenchModel, { first, count }: Part): string =>
  `${featuresKey(bench)}/samples/${modelKey(model)}/seed ${bench.options.seed}/${count} from ${first}`;

function realCell(bench: Bench, real: RealSlices): Cell<ImageFeatures> {
  const { slices } = real;
  return {
    key: realKey(bench, real),
    label: `real slices of ${real.contrast}`,
    work: 0,
    kind: 'real slices',
    compute: ({ hooks }) => {
      const few = spreadOut([...Array(slices.count).keys()], countOf(bench, real));
      return imageFeatures(
        bench,
        few.map((n) => sliceImage(slices, n)),
        hooks,
      );
    },
  };
}

function sampleCell(bench: Bench, model: BenchModel, part: Part): Cell<ImageFeatures> {
  const { card, name } = model;
  const { first, count } = part;
  return {
    key: sampleKey(bench, model, part),
    label: `${name}, ${card.target} of noise alone, images ${first + 1} to ${first + count}`,
    work: count * Math.max(1, card.diffusion.steps),
    kind: `noise alone by ${kindOf(card)}`,
    compute: async (lab: Lab) => {
      const own = await lab.translator(model);
      const images: Float32Array[] = [];
      for await (const image of sampleImages(own, { seed: bench.options.seed, first, count }, lab.hooks))
        images.push(image);
      return imageFeatures(bench, images, lab.hooks);
    },
  };
}

async function imageFeatures(
  bench: Bench,
  images: readonly Float32Array[],
  { signal, pause }: TranslateHooks,
): Promise<ImageFeatures> {
  const found: ImageFeatures = { count: images.length, features: {} };
  for (const id of networksOf(bench)) {
    const network: FeatureNetwork =
      id === 'brain' ? trainedFeatureNetwork(await bench.features!.bytes()) : randomFeatureNetwork();
    try {
      const { values } = await featuresOf(network, images, { signal, pause });
      // As many digits as a float32 has.
      found.features[id] = Array.from(values, (value) => Number(value.toPrecision(9)));
    } finally {
      network.dispose();
    }
  }
  return found;
}

function distanceTable(bench: Bench, contrast: string, results: Results<ImageFeatures>): Table {
  const networks = networksOf(bench);
  const models = bench.models.filter(
    (model) => isUnconditionalModel(model.card) && model.card.target === contrast && realOf(bench, model),
  );
  const names = [...new Set(models.map(({ name }) => name))];
  const first = realOf(bench, models[0])!;
  const count = countOf(bench, first);
  return {
    id: `distances-${contrast}`,
    title: contrast,
    rowsAre: 'method',
    columns: networks.flatMap((id): Column[] => [
      { id: `fd-${id}`, label: FD_NAMES[id], digits: 3, better: 'lower' },
      { id: `kid-${id}`, label: KID_NAMES[id], digits: 4, better: 'lower' },
    ]),
    rows: [
      ...names.map((name) =>
        distanceRow(
          bench,
          name,
          models.filter((model) => model.name === name),
          results,
        ),
      ),
      ...unreadRows(bench, (card) => isUnconditionalModel(card) && card.target === contrast),
    ],
    notes: [
      `${counted(count, 'image')} of each model against ${counted(count, 'real slice')} of ${counted(first.slices.subjects.length, 'subject')} of train and val: test sets are smaller than such distances need.`,
      'FD: distance of Fréchet of 128 features of a network that is trained on brain slices (brain) or drawn (random); KID: unbiased kernel distance of the same. Neither is the FID: its network does not ship here.',
      ...(count < ENOUGH_IMAGES
        ? [`Below ${ENOUGH_IMAGES} images FD is large by their number alone: KID is the fairer one here.`]
        : []),
    ],
  };
}

function distanceRow(
  bench: Bench,
  name: string,
  runs: readonly BenchModel[],
  results: Results<ImageFeatures>,
): TableRow {
  const missing: (string | null)[] = [];
  const get = (key: string): ImageFeatures | null => {
    const result = results.get(key);
    if (result && 'value' in result) return result.value;
    missing.push(result ? result.failed : null);
    return null;
  };
  let cells = 0;
  const found = runs.flatMap((model) => {
    const real = realOf(bench, model)!;
    const keys = partsOf(bench, model, real).map((part) => sampleKey(bench, model, part));
    cells += keys.length + 1;
    const reference = get(realKey(bench, real));
    const parts = keys.map(get);
    return reference && parts.every((part) => part !== null) ? [{ reference, parts }] : [];
  });
  const over = (id: NetworkId, distance: (a: FeatureSet, b: FeatureSet) => number): TableValue =>
    found.length > 0
      ? spread(found.map(({ reference, parts }) => distance(joined([reference], id), joined(parts, id))))
      : null;
  return {
    name,
    failed: missingText(missing, cells),
    values: Object.fromEntries(
      networksOf(bench).flatMap((id) => [
        [`fd-${id}`, over(id, frechetDistance)],
        [`kid-${id}`, over(id, kernelDistance)],
      ]),
    ),
  };
}

function joined(parts: readonly ImageFeatures[], id: NetworkId): FeatureSet {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const values = Float64Array.from(parts.flatMap(({ features }) => [...features[id]!]));
  return { count, length: values.length / count, values };
}
