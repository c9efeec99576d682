/** How far a scan lies outside of what a model was trained on, as sentences for the screen and the terminal. */
import { BadRequest } from '../errors';
import { figure } from './figure';
import type { ScanFile } from './formats/scanFormat';
import type { OddNumbers } from './formats/storedVoxels';
import type { NamedImage } from './image';
import { hasSkull, type InputStatistics } from './inputStatistics';
import { type HuRanks, looksLikeHu, thresholdOfLevels, type VoxelLevels, voxelLevels } from './intensity';
import type { Spread, TrainingInputs } from './trainingInputs';

/** Neighbours of noise have a correlation of about 0, those of heads of 0.55 and more. */
const NOISE = 0.3;
/** Heads grow and shrink by this much beyond those of the training. */
const SIZE_MARGIN = 0.2;
/** mm by which scalp and skull widen a head. */
const SCALP = 25;
/** An inside whose 5th and 95th percentile lie nearer to each other than this share of its median shows no tissues. */
const LEAST_TEXTURE = 0.12;
/** Less than this share of the training scans is not known. */
const KNOWN = 0.05;
/**
 * Levels may lie beyond those of n training scans by this share / n: few scans show less of what there is. Chosen so that
 * no T1w, and no FLAIR, of other patients and scanners is warned of, while nearly all other contrasts are.
 */
const LEVEL_MARGIN = 0.8;
/** Fluid, fat and contrast agent vary more than the two tissues' order. */
const FLUID_MARGIN = 0.1;

/** What of a file says why its image is empty. */
type Emptiness = Pick<ScanFile, 'odd' | 'volumeCount' | 'volumeIndex'>;

/**
 * @param odd numbers of the file that are none of the image
 * @param levels of the scan's voxels, where they are known
 * @throws BadRequest where there is nothing to translate: a constant volume, no finite value, nothing above 0
 */
export function refuseEmpty(
  { name, image, odd, volumeCount = 1, volumeIndex }: NamedImage & Partial<Emptiness>,
  levels: VoxelLevels = voxelLevels(image.voxels),
): void {
  const { min, max } = levels;
  const refuse = (got: string) =>
    new BadRequest(
      volumeCount > 1
        ? `${name}: must show a head, got ${got} in volume ${volumeIndex}; choose another of its volumes, 0 to ${volumeCount - 1}, or another file`
        : `${name}: must show a head, got ${got}; choose another file`,
    );
  const none = notNumbers(image.voxels, odd);
  if (Number.isNaN(min)) throw refuse(`no voxel with a finite value (${none.join(', ')})`);
  if (min === max) {
    const others = none.length > 0 ? ` that holds a number of use, and ${none.join(', ')}` : '';
    throw refuse(`${figure(min)} in every voxel${others}`);
  }
  if (max <= 0)
    throw refuse(`values of ${figure(min)} to ${figure(max)}, nothing brighter than its background (0)`);
  if (!(max > thresholdOfLevels(levels))) throw refuse('an image with nothing brighter than its background');
}

/** "12 NaN", "3 infinite": voxels that show nothing, by what they are. */
function notNumbers(
  voxels: Float32Array,
  odd: OddNumbers = { beyond: 0, vanished: 0, inexact: 0 },
): string[] {
  let [nan, infinite] = [0, -odd.beyond];
  for (let at = 0; at < voxels.length; at++)
    if (Number.isNaN(voxels[at])) nan++;
    else if (voxels[at] - voxels[at] !== 0) infinite++;
  const counted = [
    [nan, 'NaN'],
    [infinite, 'infinite'],
    [odd.beyond, 'beyond float32 (3.4e38)'],
    [odd.vanished, 'too small for float32 (below 1.4e-45)'],
  ] as const;
  return counted.flatMap(([count, what]) => (count > 0 ? [`${count.toLocaleString('en')} ${what}`] : []));
}

/** What is outside of the training, in a word, and as a sentence with what it means and what to do. */
export interface InputWarning {
  fault: 'noise' | 'size' | 'contrast' | 'skull' | 'field';
  text: string;
}

/**
 * The gravest first; empty where the scan is like those of the training. What makes all else meaningless is said alone.
 * @param inputs of the model's card; without it only what no head scan is can be told
 */
export function compareWithTraining(
  scan: InputStatistics,
  inputs: TrainingInputs | undefined,
): InputWarning[] {
  const alone = noiseWarning(scan) ?? (inputs && sizeWarning(scan, inputs));
  if (alone) return [alone];
  const found = [inputs && contrastWarning(scan, inputs), skullWarning(scan, inputs?.withSkull)];
  return found.filter((warning) => warning !== undefined);
}

/** Undefined for everything in which neighbouring pixels are alike. */
export function noiseWarning({ smoothness }: InputStatistics): InputWarning | undefined {
  if (smoothness >= NOISE) return undefined;
  return {
    fault: 'noise',
    text: `Neighbouring pixels have nothing to do with each other (correlation ${smoothness.toFixed(2)}), as in noise: the result would mean nothing; check the file.`,
  };
}

/** A scan in Hounsfield units given to a model of MR, or one that is not to a model of CT; undefined otherwise. */
export function ctWarning(
  levels: Pick<VoxelLevels, 'min'> & HuRanks,
  { source }: { source: string },
): InputWarning | undefined {
  const isHu = looksLikeHu(levels);
  if (isHu === (source === 'CT')) return undefined;
  const least = figure(levels.min);
  return {
    fault: 'contrast',
    text: isHu
      ? `Values go down to ${least}, as in CT: this model takes ${source}, so the result would mean nothing; choose a model that takes CT.`
      : `Values begin at ${least}, not at about -1000 as those of air in Hounsfield units: this model takes CT, so the result would mean nothing; choose a CT, and subtract 1024 where it is stored with that offset.`,
  };
}

function sizeWarning(
  scan: InputStatistics,
  { measures, withSkull }: TrainingInputs,
): InputWarning | undefined {
  // Whole heads against stripped ones, or the reverse: that is a fault of its own.
  const isWhole = hasSkull(scan);
  const scalp = isWhole && withSkull < KNOWN ? -SCALP : !isWhole && 1 - withSkull < KNOWN ? SCALP : 0;
  const isOutside = (value: number, { least, most }: Spread) =>
    value + scalp < (1 - SIZE_MARGIN) * least || value + scalp > (1 + SIZE_MARGIN) * most;
  if (isOutside(scan.width, measures.width) || isOutside(scan.depth, measures.depth)) {
    const range = ({ least, most }: Spread) => `${least.toFixed(0)} to ${most.toFixed(0)}`;
    return {
      fault: 'size',
      text: `What the scan shows is ${scan.width.toFixed(0)} mm wide and ${scan.depth.toFixed(0)} mm deep, unlike the heads of the training (${range(measures.width)} by ${range(measures.depth)} mm): if it is no head, the result means nothing; check the body part and the file's voxel size.`,
    };
  }
  if (scan.brightest - scan.darkest >= LEAST_TEXTURE) return undefined;
  return {
    fault: 'size',
    text: 'The inside is even, without grey matter, white matter or fluid: this is no head, and the result would mean nothing; check the body part.',
  };
}

function contrastWarning(
  scan: InputStatistics,
  { measures, scans }: TrainingInputs,
): InputWarning | undefined {
  const margin = LEVEL_MARGIN / scans;
  const fluid = Math.max(FLUID_MARGIN, 2 * margin);
  const isOutside = {
    brightest:
      scan.brightest < (1 - fluid) * measures.brightest.least ||
      scan.brightest > (1 + fluid) * measures.brightest.most,
    whiteOverGrey:
      scan.whiteOverGrey < (1 - margin) * measures.whiteOverGrey.least ||
      scan.whiteOverGrey > (1 + margin) * measures.whiteOverGrey.most,
    // Only below: an atrophied brain shows more fluid, a full one hardly any.
    darkest: scan.darkest < measures.darkest.least - fluid,
  };
  const found = (['brightest', 'whiteOverGrey', 'darkest'] as const).find((name) => isOutside[name]);
  if (!found) return undefined;
  const tissue = {
    whiteOverGrey: 'White matter against grey matter',
    brightest: 'The brightest tissue or fluid against the brain',
    darkest: 'The darkest tissue or fluid against the brain',
  }[found];
  const is = scan[found] < measures[found].least ? 'darker' : 'brighter';
  return {
    fault: 'contrast',
    text: `${tissue} is ${is} than in every scan of the training, as in another contrast: expect a wrong result; choose a model that takes this contrast.`,
  };
}

/** @param withSkull share of the training's scans, 0..1; undefined where the card does not say */
function skullWarning(scan: InputStatistics, withSkull: number | undefined): InputWarning | undefined {
  const warn = (text: string): InputWarning => ({ fault: 'skull', text });
  const isWhole = hasSkull(scan);
  if (withSkull === undefined)
    return isWhole
      ? undefined
      : warn('There is no skull about the brain: a model that was trained on whole heads does worse on it.');
  if (!isWhole && 1 - withSkull < KNOWN)
    return warn(
      'There is no skull about the brain, but the model was trained on whole heads: give it the scan as it was before the skull was removed.',
    );
  if (isWhole && withSkull < KNOWN)
    return warn(
      'The scan shows the skull, but the model was trained on brains without it: remove the skull first, or expect a poor result.',
    );
  return undefined;
}
