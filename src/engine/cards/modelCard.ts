import { CorruptFile } from '../../errors';
import { HISTOGRAM_BINS, MEASURES } from '../../volume/inputStatistics';
import { INTENSITY_MAPS, type ModelIntensity } from '../../volume/intensity';
import type { TrainingInputs } from '../../volume/trainingInputs';
import type { Network } from '../methods';
import { parseNetwork } from '../methods/parseNetwork';

/** Scores of a part of the slices: PSNR in dB, SSIM, MAE in [0, 1]; beside them the PSNR of what a model has to beat. */
export interface PartMetrics {
  psnr: number;
  ssim: number;
  mae: number;
  /** Of the untranslated source, of its histogram-matched form, and of a voxel-wise intensity regression. */
  psnrCopy?: number;
  psnrHistogram?: number;
  psnrRegression?: number;
}

/** What of a patient's lesions the model keeps (engine/evaluation/lesions.ts); null where left out, with the reason. */
export interface LesionMetrics {
  label: string;
  realContrast: number | null;
  /** Share of the contrast, 1 for all of it; negative where a bright lesion comes out dark. */
  kept: number | null;
  /** Of one threshold in the synthetic, and in the real image. */
  dice: number | null;
  diceReal: number | null;
  /** Share of the tissue in slices without a lesion that is painted as bright as one, 0..1. */
  falseBright: number | null;
  reason?: string;
}

/** What a model is, by what it was made and what it can do: public/weights/<id>/card.json. */
export interface ModelCard {
  id: string;
  version: string;
  name: string;
  /** BIDS suffixes, e.g. "T1w", "FLAIR". */
  source: string;
  target: string;
  /** What translates: its method, and the configuration as this has it. */
  network: Network;
  weights: { file: string; sha256: string; dtype: 'f32' | 'f16' | 'q8'; bytes: number };
  preprocessing: {
    plane: 'axial';
    /** Side of a model pixel, mm. */
    pixelSize: number;
    /** Side of the model's square image, pixels. */
    size: number;
  } & ModelIntensity;
  diffusion: { steps: number; betaMin: number; betaMax: number; schedule: 'vp' | 'geometric' };
  training: {
    data: string;
    licence: string;
    variant: string;
    iterations: number;
    commit?: string;
    date: string;
  };
  /** Statistics of the source scans that it was trained on, against which other scans are held. */
  inputs?: TrainingInputs;
  licence: string;
  metrics: {
    data: string;
    split: string;
    /** Number of patients. */
    n: number;
    /** Of whole slices, of the foreground, and of the inside of the brain. */
    rows: ({
      label: string;
      foreground?: PartMetrics;
      inside?: PartMetrics;
      /** Mean absolute errors of a CT; null where there is no such tissue. */
      maeHu?: { whole: number; head: number | null; bone: number | null };
    } & PartMetrics)[];
    note?: string;
    /** A table for each rule by which lesions were found, experts' outlines first. */
    lesions?: {
      /** Found by an expert's outline, or as bright pieces of the real image. */
      by: 'outline' | 'bright';
      /** What they are, in the plural: "tumours". */
      kind: string;
      rule: string;
      data: string;
      split: string;
      rows: LesionMetrics[];
      /** Median over the patients with a share; null without any. */
      shareKept: number | null;
    }[];
  };
  intendedUse: string;
  limits: string[];
}

/**
 * A card from JSON, every field checked; unknown fields are dropped.
 * @throws CorruptFile naming the field and what it must be; WeightsMismatch naming a field of `network`
 */
export function parseModelCard(json: unknown): ModelCard {
  const card = new Fields(json, 'model card');
  const weights = card.object('weights');
  const preprocessing = card.object('preprocessing');
  const diffusion = card.object('diffusion');
  const training = card.object('training');
  const metrics = card.object('metrics');
  const commit = training.optional('commit', (name) => training.text(name));
  const inputs = card.optional('inputs', (name) => parseInputs(card.object(name)));
  const note = metrics.optional('note', (name) => metrics.text(name));
  const huEnds = preprocessing.optional('huEnds', (name) => preprocessing.ends(name));
  const lesions = metrics.optional('lesions', (name) => metrics.list(name).map(lesionTable));
  return {
    id: card.text('id', /^[a-z0-9][a-z0-9._-]*$/, 'lower case letters, digits, "-", "_" and "."'),
    version: card.text('version'),
    name: card.text('name'),
    source: card.text('source', /^\w+$/, 'a BIDS suffix such as T1w'),
    target: card.text('target', /^\w+$/, 'a BIDS suffix such as FLAIR'),
    network: parseNetwork(card.object('network').all, 'model card: network'),
    weights: {
      // The file lies beside the card: a path could lead elsewhere.
      file: weights.text('file', /^[^./\\%?#][^/\\%?#]*$/, 'a file name without a path'),
      sha256: weights.text('sha256', /^[0-9a-f]{64}$/, '64 hex digits in lower case'),
      dtype: weights.oneOf('dtype', ['f32', 'f16', 'q8']),
      bytes: weights.number('bytes', 1, 2 ** 40),
    },
    preprocessing: {
      plane: preprocessing.oneOf('plane', ['axial']),
      pixelSize: preprocessing.number('pixelSize', 0.01, 100),
      size: preprocessing.whole('size', 8, 4096),
      intensity: parseIntensity(preprocessing),
      ...(huEnds === undefined ? {} : { huEnds }),
    },
    diffusion: {
      steps: diffusion.whole('steps', 1, 1000),
      betaMin: diffusion.number('betaMin', 1e-9, 1000),
      betaMax: diffusion.number('betaMax', 1e-9, 1000),
      schedule: diffusion.oneOf('schedule', ['vp', 'geometric']),
    },
    training: {
      data: training.text('data'),
      licence: training.text('licence'),
      variant: training.text('variant'),
      iterations: training.number('iterations', 0, 1e12),
      ...(commit === undefined ? {} : { commit }),
      date: training.text('date', /^(\d{4}-\d{2}(-\d{2})?|unknown)$/, 'YYYY-MM-DD, YYYY-MM or "unknown"'),
    },
    ...(inputs === undefined ? {} : { inputs }),
    licence: card.text('licence'),
    metrics: {
      data: metrics.text('data'),
      split: metrics.text('split'),
      n: metrics.number('n', 0, 1e9),
      rows: metrics.list('rows').map((row) => {
        const foreground = row.optional('foreground', (name) => partMetrics(row.object(name)));
        const inside = row.optional('inside', (name) => partMetrics(row.object(name)));
        const maeHu = row.optional('maeHu', (name) => hounsfieldMetrics(row.object(name)));
        return {
          label: row.text('label'),
          ...partMetrics(row),
          ...(foreground === undefined ? {} : { foreground }),
          ...(inside === undefined ? {} : { inside }),
          ...(maeHu === undefined ? {} : { maeHu }),
        };
      }),
      ...(note === undefined ? {} : { note }),
      ...(lesions === undefined ? {} : { lesions }),
    },
    intendedUse: card.text('intendedUse'),
    limits: card.texts('limits'),
  };
}

function parseIntensity(preprocessing: Fields): ModelIntensity['intensity'] {
  if (typeof preprocessing.all.intensity !== 'object')
    return preprocessing.oneOf('intensity', INTENSITY_MAPS);
  const maps = preprocessing.object('intensity');
  return { source: maps.oneOf('source', INTENSITY_MAPS), target: maps.oneOf('target', INTENSITY_MAPS) };
}

function partMetrics(part: Fields): PartMetrics {
  const psnr = (name: string) => part.number(name, 0, 200);
  const found = BASELINES.map((name) => [name, part.optional(name, psnr)] as const);
  return {
    psnr: psnr('psnr'),
    ssim: part.number('ssim', -1, 1),
    mae: part.number('mae', 0, 1),
    ...Object.fromEntries(found.filter(([, value]) => value !== undefined)),
  };
}

function hounsfieldMetrics(errors: Fields) {
  return {
    whole: errors.number('whole', 0, 1e5),
    head: errors.numberOrNull('head', 0, 1e5),
    bone: errors.numberOrNull('bone', 0, 1e5),
  };
}

const BASELINES = ['psnrCopy', 'psnrHistogram', 'psnrRegression'] as const;

function lesionTable(table: Fields) {
  const by: 'outline' | 'bright' = table.oneOf('by', ['outline', 'bright']);
  return {
    by,
    kind: table.text('kind'),
    rule: table.text('rule'),
    data: table.text('data'),
    split: table.text('split'),
    rows: table.list('rows').map((row): LesionMetrics => {
      const reason = row.optional('reason', (name) => row.text(name));
      return {
        label: row.text('label'),
        realContrast: row.numberOrNull('realContrast', -1, 1e6),
        kept: row.numberOrNull('kept', -1e6, 1e6),
        dice: row.numberOrNull('dice', 0, 1),
        diceReal: row.numberOrNull('diceReal', 0, 1),
        falseBright: row.numberOrNull('falseBright', 0, 1),
        ...(reason === undefined ? {} : { reason }),
      };
    }),
    shareKept: table.numberOrNull('shareKept', -1e6, 1e6),
  };
}

function parseInputs(inputs: Fields): TrainingInputs {
  const all = inputs.object('measures');
  const measures = MEASURES.map((name) => {
    const measure = all.object(name);
    const read = (field: string, least = -1e6) => measure.number(field, least, 1e6);
    return [name, { mean: read('mean'), std: read('std', 0), least: read('least'), most: read('most') }];
  });
  return {
    data: inputs.text('data'),
    scans: inputs.whole('scans', 1, 1e9),
    withSkull: inputs.number('withSkull', 0, 1),
    measures: Object.fromEntries(measures) as TrainingInputs['measures'],
    histogram: inputs.shares('histogram', HISTOGRAM_BINS),
  };
}

/**
 * The card in a file of JSON; its name begins every error.
 * @throws CorruptFile where it is no JSON, and as `parseModelCard`
 */
export function readModelCard(name: string, bytes: ArrayBuffer): ModelCard {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new CorruptFile(`${name}: a model card must be JSON, got text that is not`);
  }
  try {
    return parseModelCard(json);
  } catch (error) {
    if (error instanceof Error) error.message = `${name}: ${error.message}`;
    throw error;
  }
}

/** The fields of one object of the card; each reader names its field when it refuses. */
class Fields {
  readonly all: Record<string, unknown>;

  constructor(
    value: unknown,
    private readonly path: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new CorruptFile(`${path}: must be an object, got ${JSON.stringify(value)}`);
    }
    this.all = { ...value };
  }

  text(name: string, pattern = /\S/, rule = 'text that is not empty'): string {
    const value = this.all[name];
    if (typeof value !== 'string' || !pattern.test(value)) throw this.refuse(name, rule);
    return value;
  }

  number(name: string, least: number, most: number): number {
    const value = this.all[name];
    if (typeof value !== 'number' || !(value >= least && value <= most)) {
      throw this.refuse(name, `a number from ${least} to ${most}`);
    }
    return value;
  }

  numberOrNull(name: string, least: number, most: number): number | null {
    return this.all[name] === null ? null : this.number(name, least, most);
  }

  whole(name: string, least: number, most: number): number {
    if (!Number.isInteger(this.all[name])) throw this.refuse(name, `a whole number from ${least} to ${most}`);
    return this.number(name, least, most);
  }

  /** Two numbers that rise. */
  ends(name: string): [number, number] {
    const value = this.all[name];
    const isPair = Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);
    if (!isPair || !(value[0] < value[1])) throw this.refuse(name, 'two numbers that rise');
    return [value[0], value[1]];
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    const choice = choices.find((one) => one === this.all[name]);
    if (choice === undefined) throw this.refuse(name, `one of ${choices.join(', ')}`);
    return choice;
  }

  texts(name: string): string[] {
    const value = this.all[name];
    if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
      throw this.refuse(name, 'a list of sentences');
    }
    return value;
  }

  shares(name: string, count: number): number[] {
    const value = this.all[name];
    const isShare = (one: unknown) => typeof one === 'number' && one >= 0 && one <= 1;
    if (!Array.isArray(value) || value.length !== count || !value.every(isShare)) {
      throw this.refuse(name, `a list of ${count} numbers from 0 to 1`);
    }
    return value;
  }

  object(name: string): Fields {
    return new Fields(this.all[name], `${this.path}: ${name}`);
  }

  list(name: string): Fields[] {
    const value = this.all[name];
    if (!Array.isArray(value)) throw this.refuse(name, 'a list');
    return value.map((one: unknown, i) => new Fields(one, `${this.path}: ${name}[${i}]`));
  }

  optional<T>(name: string, read: (name: string) => T): T | undefined {
    return this.all[name] === undefined ? undefined : read(name);
  }

  private refuse(name: string, rule: string): CorruptFile {
    const got = this.all[name] === undefined ? 'nothing' : JSON.stringify(this.all[name]);
    return new CorruptFile(`${this.path}: ${name} must be ${rule}, got ${got}`);
  }
}
