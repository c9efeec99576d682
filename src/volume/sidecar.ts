/** Names and JSON of results, after BIDS derivatives (bids-specification: derivatives/imaging). */
import {
  type Infer,
  list,
  number,
  object,
  oneOf,
  optional,
  refine,
  refusal,
  text,
  whole,
  within,
} from '../schema';
import { scanStem } from './formats/names';
import { INTENSITY_MAPS, type IntensityFrame, isAbsolute } from './intensity';
import { stemWithoutContrast } from './names';
import { SYNTHETIC_DESC } from './synthetic';

/** What made a result; every field ends in the sidecar. */
export interface SidecarFacts {
  /** File name of the scan that was translated. */
  sourceName: string;
  source: string;
  target: string;
  modelId: string;
  modelName: string;
  weightsSha256: string;
  seed: number;
  steps: number;
  /** Of how many steps a preview took these; absent for the model's whole chain. */
  previewOf?: number;
  samples: number;
  noise: string;
  /** Whether anything was: else seed, samples and the noise of slices decided nothing, and are left out. */
  drawn: boolean;
  /** Read off a scan, in place of one that is drawn: the scan's file name, and the numbers. */
  style?: { readonly source: string; readonly values: readonly number[] };
  intensity: { source: IntensityFrame; target: IntensityFrame };
  /** The model's square image: its side in pixels, and a pixel's in mm. */
  grid: { size: number; pixelSize: number };
  backend: string;
  /** ISO 8601. */
  date: string;
  /** Axial slices (of the canonical volume, from 0) that were translated; the others are 0, of CT air. */
  slices: readonly number[];
  softwareVersion: string;
}

/**
 * e.g. ("sub-01_T1w.nii.gz", "FLAIR") -> "sub-01_desc-synth_FLAIR.nii.gz"; a name without a contrast keeps its stem:
 * ("ch2.nii", "T2w") -> "ch2_desc-synth_T2w.nii.gz". A desc- entity of the source is replaced. `ending`: of what the scan's format writes.
 */
export function derivativeName(inputName: string, target: string, ending: string): string {
  const stem = stemWithoutContrast(inputName)
    .replace(/\.gz$/i, '')
    .replace(/_desc-[a-zA-Z0-9]+/, '');
  return `${stem}_desc-${SYNTHETIC_DESC}_${target}${ending}`;
}

/** The sidecar's name, or path, beside the image: .nii.gz or .nii becomes .json. */
export function sidecarName(imageName: string): string {
  return `${scanStem(imageName)}.json`;
}

/** For the header's descrip, at most 79 characters: the file says what it is even without its sidecar. */
export function syntheticDescrip({
  target,
  modelId,
  previewOf,
}: Pick<SidecarFacts, 'target' | 'modelId' | 'previewOf'>): string {
  return `SYNTHETIC ${target}${previewOf === undefined ? '' : ' PREVIEW'}, not for clinical use; SynDiff ${modelId}`.slice(
    0,
    79,
  );
}

/** The values that went to -1 and +1. */
const MAP_FACTS = object({ Name: oneOf(INTENSITY_MAPS), Lower: optional(number()), Upper: number() });
type MapFacts = Infer<typeof MAP_FACTS>;

const FRAME = refine(MAP_FACTS, ({ Name: map, Lower: low = 0, Upper: high }, at): IntensityFrame => {
  if (high > low) return { map, low, high };
  throw refusal(`above ${low}`, String(high), { ...within(at), name: 'Upper' });
});

/** What of a sidecar is read again, results of older versions' too. */
export const READ_SIDECAR = object({
  IntensityMap: FRAME,
  /** Absent in results of older versions: the source's was the target's, too. */
  TargetIntensityMap: optional(FRAME),
  TranslatedSlices: list(whole()),
  Sources: optional(list(text())),
  SourceContrast: optional(text()),
  TargetContrast: optional(text()),
  /** The chain was cut short: the image is no score's. */
  PreviewOfSteps: optional(whole(1)),
});

/** Whether the JSON of a sidecar is of a result of this program, of whichever version. */
export function isOwnSidecar(json: unknown): boolean {
  if (typeof json !== 'object' || json === null) return false;
  return 'IntensityMap' in json && 'TranslatedSlices' in json;
}

/** JSON text, indented, ending in a newline. */
export function sidecarJson(facts: SidecarFacts): string {
  const sidecar = {
    Description: `Synthetic ${facts.target} computed from ${facts.source}; research only, not for clinical use`,
    Synthetic: true,
    NotForClinicalUse: true,
    Sources: [facts.sourceName],
    SpatialReference: 'orig',
    SourceContrast: facts.source,
    TargetContrast: facts.target,
    Model: { Id: facts.modelId, Name: facts.modelName, WeightsSha256: facts.weightsSha256 },
    ...(facts.drawn && { Seed: facts.seed }),
    Steps: facts.steps,
    ...(facts.previewOf === undefined ? {} : { PreviewOfSteps: facts.previewOf }),
    ...(facts.drawn && { Samples: facts.samples }),
    ...((facts.drawn || isChosen(facts.noise)) && { Noise: facts.noise }),
    ...(facts.style ? { Style: { Source: facts.style.source, Values: facts.style.values } } : {}),
    ModelGrid: { Size: facts.grid.size, PixelSize: facts.grid.pixelSize },
    ...(isAbsolute(facts.intensity.target.map) ? { Units: 'HU' } : {}),
    IntensityMap: mapFacts(facts.intensity.source),
    TargetIntensityMap: mapFacts(facts.intensity.target),
    TranslatedSlices: facts.slices,
    Backend: facts.backend,
    Date: facts.date,
    GeneratedBy: [{ Name: 'SynDiff Web', Version: facts.softwareVersion }],
  };
  return `${JSON.stringify(sidecar, null, 2)}\n`;
}

/** A style that is not drawn was chosen all the same. */
const isChosen = (noise: string): boolean => noise !== 'shared' && noise !== 'independent';

function mapFacts({ map, low, high }: IntensityFrame): MapFacts {
  return { Name: map, Lower: low, Upper: high };
}
