/** Derived values. Each returns a value of the state itself or a primitive, or is meant for useMemo. */
import { shortName } from '../../../../plainText';
import { volumesTold } from '../../../../volume/checkScan';
import { sameValue } from '../../../../volume/entityFilter';
import { LEAST_OVERLAP } from '../../../../volume/headOverlap';
import {
  huFrame,
  intensityMaps,
  isAbsolute,
  modelFrames,
  referenceFrame,
} from '../../../../volume/intensity';
import { contrastOfName, readName, type ScanName } from '../../../../volume/names';
import { isSynthetic } from '../../../../volume/synthetic';
import type {
  IntensityFrame,
  ModelCard,
  RelativeMap,
  Scan,
  Score,
  ScorePair,
} from '../../../../workers/translate/protocol';
import { previewCard } from '../../../../workers/translate/provenance';
import {
  meanScore as meanOfScores,
  missingText as missingOfSlices,
} from '../../../../workers/translate/scores';
import type { ScoreRegion } from '../../../components/RegionChoice';
import { foundOnce } from '../../../state/foundOnce';
import type { AppData, MadeSlice, MadeVolume, Recipe, ResultSet } from '../../../state/types';
import { recipeKey, recipeOf } from './recipe';
import { nearestFirst, slicesOf } from './slices';

export function chosenCard(state: Pick<AppData, 'models' | 'loaded' | 'cardId'>): ModelCard | null {
  if (!state.cardId) return null;
  return state.models.find((card) => card.id === state.cardId) ?? state.loaded[state.cardId]?.card ?? null;
}

export function currentRecipe(state: AppData): Recipe | null {
  return recipeOf(state.source, chosenCard(state), state.engine.startedOn, state.settings);
}

/** The chosen model's chains, where its method has a shorter one for previews; null where it has one chain. */
export function previewChoice(state: AppData): { steps: number; of: number } | null {
  const card = chosenCard(state);
  const short = card && previewCard(card);
  return short && { steps: short.diffusion.steps, of: card.diffusion.steps };
}

/** Milliseconds of a reverse step of the chosen model, as it was timed here; null before that. */
export function msPerStep(state: AppData): number | null {
  const { results, cardId, engine, run } = state;
  const of = results.findLast(
    ({ recipe, made }) =>
      recipe.cardId === cardId && recipe.backend === engine.startedOn && made.slices.size > 0,
  );
  if (of) {
    const { model, samples } = of.recipe;
    return [...of.made.slices.values()].at(-1)!.ms / (model.diffusion.steps * samples);
  }
  const progress = run?.progress;
  return progress && progress.stepsDone > 1 ? progress.elapsedMs / progress.stepsDone : null;
}

/** The results of what is chosen now; results of other settings are never returned. */
export function currentResults(state: AppData): ResultSet | null {
  const key = currentKey(state);
  return state.results.find((set) => set.key === key) ?? null;
}

/** What decides the key changes seldom. */
const keys = foundOnce<string | null>();

function currentKey(state: AppData): string | null {
  return keys(state.settings, [state.source, chosenCard(state), state.engine.startedOn], () => {
    const recipe = currentRecipe(state);
    return recipe && recipeKey(recipe);
  });
}

export function currentSlice(state: AppData): MadeSlice | null {
  return currentResults(state)?.made.slices.get(state.view.slice) ?? null;
}

/** The volume that holds the visible slice, the same object while others are added; null where that slice is not made. */
export function currentVolume(state: AppData): MadeVolume | null {
  const made = currentResults(state)?.made;
  return made?.done[state.view.slice] ? made : null;
}

/** Slices of the chosen range that the chosen recipe has not made yet, nearest to the visible one first. */
export function missingSlices(state: AppData, wanted?: readonly number[]): number[] {
  if (!state.source) return [];
  const done = currentResults(state)?.made.slices;
  const slices = wanted ?? slicesOf(state.range, state.source, state.view.slice);
  return nearestFirst(
    slices.filter((k) => !done?.has(k)),
    state.view.slice,
  );
}

/** Slices that have a result but no score against the present reference, nearest to the visible one first. */
export function unscoredSlices(state: AppData): number[] {
  const set = currentResults(state);
  // A preview is not what the model makes.
  if (!set || !state.reference || set.recipe.previewOf !== undefined) return [];
  return nearestFirst(
    [...set.made.slices.keys()].filter((k) => !set.scores.has(k)),
    state.view.slice,
  );
}

/** How a model's intensity maps lie over a scan and over what is made of it. */
export function framesOf(
  { upper }: Pick<Scan, 'upper'>,
  { preprocessing }: Pick<ModelCard, 'preprocessing'>,
): Record<'source' | 'target', IntensityFrame> {
  return modelFrames(frameOf(upper), preprocessing);
}

function frameOf(upper: Scan['upper']): (map: RelativeMap) => IntensityFrame {
  return (map) => ({ map, low: 0, high: upper[map] });
}

type Ends = Pick<IntensityFrame, 'low' | 'high'>;

/** The scan's values that the chosen model calls -1 and +1; panes map them to 0 and 1, so that contrasts compare. */
export function sourceEnds(scan: Pick<Scan, 'upper' | 'range'>, card: ModelCard | null): Ends {
  if (card) return framesOf(scan, card).source;
  return { low: 0, high: scan.range.high > 0 ? scan.range.high : 1 };
}

/** The same of a real scan of the target. */
export function referenceEnds(scan: Pick<Scan, 'upper' | 'range'>, card: ModelCard | null): Ends {
  if (!card) return sourceEnds(scan, card);
  return referenceFrame(frameOf(scan.upper), framesOf(scan, card).target);
}

/** Hounsfield units from 0 to 1 of the scale in which a model's images are scored; null for arbitrary units. */
export function huPerUnit(card: ModelCard | null): number | null {
  if (!card || !makesHu(card)) return null;
  const { low, high } = huFrame(card.preprocessing.huEnds);
  return high - low;
}

/** Whether the chosen model makes Hounsfield units. */
export function makesHu(card: ModelCard | null): boolean {
  return card !== null && isAbsolute(intensityMaps(card.preprocessing).target);
}

/**
 * Mean over the `n` slices that have a score in that region, or null; PSNR over those that are not identical to the reference, null
 * without any.
 */
export function meanScore(
  scores: ReadonlyMap<number, ScorePair>,
  image: keyof ScorePair,
  region: ScoreRegion,
): (Score & { n: number }) | null {
  const found = [...scores.values()].map((pair) => pair[image][region]).filter((score) => score !== null);
  const mean = meanOfScores(found);
  return mean && { ...mean, n: found.length };
}

/** On what scale the scores are, in a sentence; null where there is none yet. */
export function dataRangeText(state: AppData): string | null {
  const card = chosenCard(state);
  if (!card || !state.reference) return null;
  const { map, low, high } = framesOf(state.reference.scan, card).target;
  const ends = isAbsolute(map)
    ? { low, high }
    : referenceFrame(frameOf(state.reference.scan.upper), { map, low, high });
  const text = (value: number) => String(Number(value.toPrecision(4)));
  return `Data range: ${text(ends.low)} to ${text(ends.high)} of the reference (${map}), values outside as they are.`;
}

/** What slices have no score and why, in a sentence; null where all have one. */
export function missingText(scores: ReadonlyMap<number, ScorePair>): string | null {
  const slices = [...scores].map(([index, { synthetic }]) => ({ index, missing: synthetic.missing }));
  const text = missingOfSlices(slices, { synthetic: 'the synthetic image', reference: 'the reference' });
  return text && `${text}.`;
}

/** The contrast, or "" where own weights do not tell it and their card has a placeholder. */
export function knownContrast(card: ModelCard, side: 'source' | 'target'): string {
  return card[side] === side ? '' : card[side];
}

/** A sentence where the source's name claims what the model does not take; null where all seems well. */
export function contrastWarning(state: AppData): string | null {
  const card = chosenCard(state);
  const told = state.source && nameOf(state.source);
  const strange = told?.notReal;
  if (strange) return `The scan's name says that it is ${strange}, which no model takes.`;
  const claimed = told?.contrast;
  if (!card || !claimed || claimed === card.source || !knownContrast(card, 'source')) return null;
  return `The scan's name says ${claimed}, but this model takes ${card.source}.`;
}

interface TellingName {
  contrast: string | null;
  /** What a name tells of an image that was not scanned; null where it does not. */
  notReal: string | null;
  read: ScanName;
}

/** Read once a scan: selectors ask at every change of the state. */
const TOLD = new WeakMap<Scan, TellingName>();

export function nameOf(scan: Scan): TellingName {
  let told = TOLD.get(scan);
  if (!told) {
    const { name } = scan;
    told = { contrast: contrastOfName(name), notReal: notRealImage(name), read: readName(name) };
    TOLD.set(scan, told);
  }
  return told;
}

function notRealImage(name: string): string | null {
  if (readName(name).isLabel) return 'a mask or a segmentation';
  if (readName(name).isMap) return 'a map or an image computed from others';
  return isSynthetic(name) ? 'an image that this program made' : null;
}

/** A sentence where the reference is hardly one; null where all seems well. */
export function referenceWarning(state: AppData): string | null {
  const card = chosenCard(state);
  const { source, reference } = state;
  const other = source && reference && otherSubject(source, reference.scan);
  if (other) return `${other}: the scores mean nothing.`;
  const told = reference && nameOf(reference.scan);
  const strange = told?.notReal;
  if (strange) return `The reference's name says that it is ${strange}: the scores mean nothing.`;
  if (reference?.same)
    return 'Source and reference must be two images, got the same in both: the scores mean nothing.';
  if (reference && reference.overlap < LEAST_OVERLAP)
    return `The heads of source and reference overlap by ${Math.floor(100 * reference.overlap)} % only: another head, or not registered to it; the scores mean nothing.`;
  const claimed = told?.contrast;
  if (!card || !claimed || claimed === card.target || !knownContrast(card, 'target')) return null;
  return `The reference's name says ${claimed}, but this model makes ${card.target}: the scores mean little.`;
}

/** What is odd about the reference's file; not what is told of the source already, on whose grid it lies. */
export function referenceNotes({ source, reference }: AppData): string[] {
  if (!reference) return [];
  const volumes = volumesTold(reference.scan);
  return reference.scan.warnings.filter((text) => volumes.includes(text) || !source?.warnings.includes(text));
}

/** Two people by the names, as the beginning of a sentence; null where they are one, or the names do not tell. */
export function otherSubject(source: Scan, reference: Scan): string | null {
  const [one, other] = [source, reference].map((scan) => nameOf(scan).read);
  const isOther =
    one.entities.sub !== undefined && other.entities.sub !== undefined
      ? !sameValue(one.entities.sub, other.entities.sub)
      : isAnotherNumber(one.rest, other.rest);
  if (!isOther) return null;
  return `The names tell of ${shortName(one.subject)} and, as the reference, of ${shortName(other.subject)}`;
}

/** "case1" and "case2", not "case01": names that are not of BIDS and differ in numbers alone. */
function isAnotherNumber(one: string, other: string): boolean {
  const numbers = (text: string) => (text.match(/\d+/g) ?? []).map(Number).join();
  const words = (text: string) => text.replace(/\d+/g, '#');
  return words(one) === words(other) && numbers(one) !== numbers(other);
}

/**
 * How the source suits the chosen model, as sentences; empty until the engine has looked. Nothing of the contrast where
 * the file's name tells of it already.
 */
export function inputWarnings(state: AppData): string[] {
  const { inputCheck: check, source } = state;
  if (!check || check.scanId !== source?.scanId || check.card !== chosenCard(state)) return [];
  const isNamed = contrastWarning(state) !== null;
  return check.warnings.filter(({ fault }) => !(isNamed && fault === 'contrast')).map(({ text }) => text);
}

/** Why Translate cannot be pressed now, as what to do next; null when it can. */
export function translateBlock(state: AppData): string | null {
  if (state.engine.phase === 'starting') return 'The engine is starting.';
  if (state.engine.phase === 'failed')
    return 'The engine does not run: press “no engine” at the top right for the reason and other backends.';
  if (state.opening) return 'A file is being read.';
  if (!state.source) return 'Drop a scan first.';
  if (!chosenCard(state)) return 'Choose a model first.';
  if (state.compare.run) return 'A comparison goes on in Compare; cancel it or wait.';
  return null;
}
