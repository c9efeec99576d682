import { plainText } from '../../plainText';
import {
  check,
  type Infer,
  jsonOf,
  LONGEST_TEXT,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  record,
  refine,
  refusal,
  text,
  whole,
  within,
  words,
} from '../../schema';
import { intensityMaps, isAbsolute, MODEL_INTENSITY } from '../../volume/intensity';
import { TRAINING_INPUTS } from '../../volume/trainingInputs';
import { SCHEDULE } from '../diffusion/schedule';
import { methodOf } from '../methods';
import { parseNetwork } from '../methods/parseNetwork';

/** Also the name of its folder. */
export const MODEL_ID = text(/^[a-z0-9][a-z0-9._-]*$/, 'lower case letters, digits, "-", "_" and "."');

/** Below 0 where an image is off by more than the data range. */
const psnr = number(-200, 200);

/** Scores of a part of the slices: PSNR in dB, SSIM, MAE in parts of the data range; beside them the PSNR of what a model has to beat. */
const PART_METRICS = object({
  psnr,
  ssim: number(-1, 1),
  mae: number(0, 1e6),
  /** Of the untranslated source, of its histogram-matched form, and of a voxel-wise intensity regression. */
  psnrCopy: optional(psnr),
  psnrHistogram: optional(psnr),
  psnrRegression: optional(psnr),
});
export type PartMetrics = Infer<typeof PART_METRICS>;

/** What of a patient's lesions the model keeps (engine/evaluation/lesions.ts); null where left out, with the reason. */
const LESION_METRICS = object({
  label: words(),
  realContrast: nullable(number(-1, 1e6)),
  /** Share of the contrast, 1 for all of it; negative where a bright lesion comes out dark. */
  kept: nullable(number(-1e6, 1e6)),
  /** Of one threshold in the synthetic, and in the real image. */
  dice: nullable(number(0, 1)),
  diceReal: nullable(number(0, 1)),
  /** Share of the tissue in slices without a lesion that is painted as bright as one, 0..1. */
  falseBright: nullable(number(0, 1)),
  reason: optional(words()),
});
export type LesionMetrics = Infer<typeof LESION_METRICS>;

const METRICS = object({
  data: words(),
  split: words(),
  /** Number of patients. */
  n: number(0, 1e9),
  /** Of whole slices, of the foreground, and of the inside of the brain. */
  rows: list(
    object({
      label: words(),
      ...PART_METRICS.fields,
      foreground: optional(PART_METRICS),
      inside: optional(PART_METRICS),
      /** Mean absolute errors of a CT; null where there is no such tissue. */
      maeHu: optional(
        object({ whole: number(0, 1e5), head: nullable(number(0, 1e5)), bone: nullable(number(0, 1e5)) }),
      ),
    }),
  ),
  note: optional(words()),
  /** A table for each rule by which lesions were found, experts' outlines first. */
  lesions: optional(
    list(
      object({
        /** Found by an expert's outline, or as bright pieces of the real image. */
        by: oneOf(['outline', 'bright']),
        /** What they are, in the plural: "tumours". */
        kind: words(),
        rule: words(),
        data: words(),
        split: words(),
        rows: list(LESION_METRICS),
        /** Median over the patients with a share; null without any. */
        shareKept: nullable(number(-1e6, 1e6)),
      }),
    ),
  ),
});

const LIMITS = refine(
  check<string[]>(
    'a list of up to 100 sentences',
    (value) =>
      Array.isArray(value) &&
      value.length <= 100 &&
      value.every((one) => typeof one === 'string' && one.length <= 4000),
  ),
  (limits) => limits.map(plainText),
);

/** What a model is, by what it was made and what it can do: public/weights/<id>/card.json. */
const CARD_FIELDS = object({
  id: MODEL_ID,
  version: words(100),
  name: words(200),
  /** BIDS suffixes, e.g. "T1w", "FLAIR". */
  source: text(/^\w+$/, 'a BIDS suffix such as T1w'),
  target: text(/^\w+$/, 'a BIDS suffix such as FLAIR'),
  /** What translates: its method, and the configuration as this has it. */
  network: refine(record, (network, at) => parseNetwork(network, within(at).subject)),
  weights: object({
    /** Lies beside the card: a path could lead elsewhere. */
    file: text(/^[^./\\%?#][^/\\%?#]*$/, 'a file name without a path'),
    sha256: text(/^[0-9a-f]{64}$/, '64 hex digits in lower case'),
    dtype: oneOf(['f32', 'f16', 'q8']),
    bytes: number(1, 2 ** 40),
  }),
  preprocessing: object({
    plane: oneOf(['axial']),
    /** Side of a model pixel, mm. */
    pixelSize: number(0.01, 100),
    /** Side of the model's square image, pixels. */
    size: whole(8, 4096),
    ...MODEL_INTENSITY.fields,
  }),
  diffusion: SCHEDULE,
  training: object({
    data: words(),
    licence: words(),
    variant: words(),
    iterations: number(0, 1e12),
    commit: optional(words()),
    date: text(/^(\d{4}-\d{2}(-\d{2})?|unknown)$/, 'YYYY-MM-DD, YYYY-MM or "unknown"'),
  }),
  /** Statistics of the source scans that it was trained on, against which other scans are held. */
  inputs: optional(TRAINING_INPUTS),
  licence: words(),
  metrics: METRICS,
  intendedUse: words(),
  limits: LIMITS,
});
export type ModelCard = Infer<typeof CARD_FIELDS>;

/** What fields must be to each other: each of them alone may be right. */
const MODEL_CARD = refine(CARD_FIELDS, (card, at): ModelCard => {
  const { network, diffusion, preprocessing } = card;
  const method = methodOf(network);
  const isOnePass = method.diffusion({}).steps === 1;
  if (isOnePass && diffusion.steps !== 1) {
    const rule = `1 of ${method.label}, which makes an image in one pass`;
    throw refusal(rule, String(diffusion.steps), { ...within({ ...at, name: 'diffusion' }), name: 'steps' });
  }
  const maps = intensityMaps(preprocessing);
  for (const side of ['source', 'target'] as const)
    if (isAbsolute(maps[side]) && !/ct$/i.test(card[side])) {
      const rule = `of CT where it is hu, for only its values are Hounsfield units (${side} ${card[side]})`;
      throw refusal(rule, 'hu', { ...within({ ...at, name: 'preprocessing' }), name: 'intensity' });
    }
  return card;
});

/**
 * A card from JSON, every field checked; unknown fields are dropped.
 * @throws CorruptFile naming the field and what it must be; WeightsMismatch naming a field of `network`
 */
export function parseModelCard(json: unknown): ModelCard {
  return MODEL_CARD.read(json, { subject: 'model card' });
}

/**
 * The card in a file of JSON; its name begins every error.
 * @throws CorruptFile where it is no JSON, and as `parseModelCard`
 */
export function readModelCard(name: string, bytes: ArrayBuffer): ModelCard {
  const json = jsonOf(bytes, { subject: name, name: 'a model card' }, LONGEST_TEXT);
  return MODEL_CARD.read(json, { subject: `${name}: model card` });
}
