/** Derived values of the Train room. Each returns a value of the state itself or a primitive, or is meant for useMemo. */
import { intensityMaps, type RelativeMap } from '../../../../volume/intensity';
import { aloneTexts, noPairsText, subjectsInBoth } from '../../../../volume/pairing';
import { shortPaths } from '../../../../volume/shortPaths';
import type { ClientStartPoint, ClientStartSource } from '../../../../workers/train/client';
import type { Direction, Role, Side, StoredRun, TrainSettings } from '../../../../workers/train/protocol';
import {
  checkSettings,
  gridOfSide,
  hasR,
  isUnconditional,
  mapOfSide,
  presetSettings,
  SIDES,
  STARTS,
  settingsOfRun,
  startProblem,
  trainedDirections,
} from '../../../../workers/train/settings';
import type { ModelCard } from '../../../../workers/translate/protocol';
import { foundOnce } from '../../../state/foundOnce';
import { sentenceOf } from '../../../state/notices';
import type { AppData } from '../../../state/types';
import { pathOf, ROLES, type ScanChoice, scanChoice, type Use } from './scanChoice';
import type { StartChoice, TrainData, TrainRun, TrainVolume, VolumeSource } from './types';

export const ROLE_SIDES: Record<Role, Side> = { trainA: 'a', trainB: 'b', valA: 'a', valB: 'b' };
export const DIRECTIONS: readonly Direction[] = ['aToB', 'bToA'];

/** "T1w → FLAIR"; "T1w of noise alone". */
export function directionName(
  { contrasts, variant }: Pick<TrainSettings, 'contrasts' | 'variant'>,
  direction: Direction,
): string {
  const { a, b } = contrasts;
  if (isUnconditional(variant)) return `${a} of noise alone`;
  return direction === 'aToB' ? `${a} → ${b}` : `${b} → ${a}`;
}

/** Equal exactly for settings that cut a volume alike. */
export function gridKey(source: VolumeSource, settings: TrainSettings, role: Role): string {
  // A phantom has no contrast of its own: it is drawn in the one that is asked for.
  const drawn = source.kind === 'phantom' ? settings.contrasts : null;
  return JSON.stringify([gridOfSide(settings, ROLE_SIDES[role]), drawn]);
}

/** The preset that the networks are of; of a start model's networks its size tells. */
export function networkName({ preset, contrasts, size, generator }: TrainSettings): string {
  const fresh = presetSettings(preset, contrasts);
  const isPreset = size === fresh.size && JSON.stringify(generator) === JSON.stringify(fresh.generator);
  return isPreset ? preset : `as the start model, ${size} px`;
}

/** The contrasts of a run and which way it goes: "T1w ↔ FLAIR", "T1w → FLAIR". */
export function runName(settings: TrainSettings): string {
  const made = trainedDirections(settings);
  const { a, b } = settings.contrasts;
  return made.length > 1 ? `${a} ↔ ${b}` : directionName(settings, made[0]);
}

export function volumesOfRole(train: TrainData, role: Role): TrainVolume[] {
  return train.volumes.filter(({ added }) => added.role === role);
}

/** A run is open, so what it was made of stands still. */
export function isLocked({ phase }: TrainData): boolean {
  return phase === 'running' || phase === 'pausing' || phase === 'paused';
}

export function isGoing({ phase }: TrainData): boolean {
  return phase === 'running' || phase === 'pausing';
}

/** The sentence where the settings contradict each other or cannot train; null where they can. */
export function settingsProblem(settings: TrainSettings): string | null {
  const { contrasts, variant } = settings;
  const { a, b } = contrasts;
  if (isUnconditional(variant)) {
    if (!a) return 'Name the contrast.';
  } else if (!a || !b) return 'Name both contrasts.';
  else if (a === b) return `Contrasts A and B must differ, got ${a} twice.`;
  try {
    checkSettings(settingsOfRun(settings));
    return null;
  } catch (error) {
    return sentenceOf(error);
  }
}

type StartState = Pick<AppData, 'models' | 'own' | 'loaded'> & { train: TrainData };

/** Tables of networks are made for it. */
const startProblems = foundOnce<StartProblem | null>();

/** Why what is chosen to start from cannot start its network, in Start's own sentence. */
export interface StartProblem {
  network: keyof ClientStartPoint;
  sentence: string;
}

/** The first of them; null: all can, or begin at random. */
export function startProblemOf({ train, models, own, loaded }: StartState): StartProblem | null {
  const { settings, start, ownStarts, rCards } = train;
  return startProblems(settings, [start, ownStarts, rCards, models, own, loaded], () => {
    const all = startModels({ models, own, loaded, ownStarts });
    const cardOf = (network: keyof ClientStartPoint): ModelCard | undefined => {
      if (network === 'aToB') return all.find(({ card }) => card.id === start.cardId)?.card;
      if (network === 'bToA') return chosenBack(all, start)?.card;
      return rCards[network];
    };
    return findStartProblem(settings, usedSources(train), cardOf);
  });
}

/** The sentence where it is one of these networks'. */
export function misfitOf(state: StartState, networks: readonly (keyof ClientStartPoint)[]): string | null {
  const problem = startProblemOf(state);
  return problem && networks.includes(problem.network) ? problem.sentence : null;
}

function findStartProblem(
  settings: TrainSettings,
  sources: ClientStartPoint,
  cardOf: (network: keyof ClientStartPoint) => ModelCard | undefined,
): StartProblem | null {
  for (const network of Object.keys(sources) as (keyof ClientStartPoint)[]) {
    const card = cardOf(network);
    const sentence =
      card && startProblem(settingsOfRun(settings), { subject: card.name, ...STARTS[network], card });
    if (sentence) return { network, sentence };
  }
  return null;
}

/** Why Start cannot be pressed now, as what to do next; null when it can. */
export function startBlock(state: StartState): string | null {
  const { train } = state;
  const { settings, adding, estimate } = train;
  const problem = settingsProblem(settings) ?? startProblemOf(state)?.sentence;
  if (problem) return problem;
  if (adding) return 'Volumes are being read.';
  return dataProblem(train) ?? (estimate && !estimate.fits ? estimate.sentence : null);
}

function dataProblem(train: TrainData): string | null {
  const { contrasts, variant } = train.settings;
  const choice = scanChoice(train);
  const { kept, pairing, problems } = choice;
  const isOne = isUnconditional(variant);
  for (const role of isOne ? (['trainA'] as const) : (['trainA', 'trainB'] as const)) {
    const volumes = kept[role];
    const name = `${contrasts[ROLE_SIDES[role]]} (${ROLE_SIDES[role].toUpperCase()})`;
    if (volumes.length === 0) return `Add volumes of ${name}.`;
    if (volumes.every(({ added }) => added.picked === 0))
      return `No slice of ${name} has enough foreground; add other volumes.`;
  }
  const open = ROLES.map((role) => problems[role]).find((problem) => problem !== null);
  if (open) return `${open}.`;
  if (variant.pairing === 'paired' && pairing.train.pairs.length === 0)
    return `Paired training needs subjects with both contrasts, got ${noPairs(kept.trainA, kept.trainB)}.`;
  const [both] = isOne ? [] : trainedAndScored(train, choice);
  if (both !== undefined)
    return `${both} is among the training and the validation volumes; remove it from one: a model is not judged by whom it was trained on.`;
  if (choice.conflict !== null) return `${choice.conflict}.`;
  if (choice.apart !== null) return `${choice.apart}.`;
  const { pairs, alone } = pairing.val;
  if (alone.length > 0 && pairs.length === 0)
    return `Validation needs subjects with both contrasts, got ${noPairs(kept.valA, kept.valB)}.`;
  return null;
}

const noPairs = (a: readonly TrainVolume[], b: readonly TrainVolume[]) =>
  noPairsText(a.map(pathOf), b.map(pathOf));

const sharedSubjects = foundOnce<string[]>();

/** Subjects among training and validation. */
function trainedAndScored({ volumes }: TrainData, { left }: ScanChoice): string[] {
  const of = (use: Use) =>
    volumes.filter((one) => one.added.role.startsWith(use) && !left.has(one)).map(pathOf);
  return sharedSubjects(volumes, [left], () => subjectsInBoth(of('train'), of('val')));
}

/** Sentences on the volumes that a paired training, or the validation, leaves out. */
export function unpairedTexts(
  train: Pick<TrainData, 'volumes' | 'filters' | 'settings'>,
  use: Use,
): string[] {
  const { pairing, problems } = scanChoice(train);
  const { pairs, alone } = pairing[use];
  // With none of one contrast there is nothing to pair yet.
  const sides = new Set(alone.map(({ scan }) => scan.added.role));
  if (pairs.length === 0 && sides.size < 2) return [];
  // Those of which several fit are not left out before the user has chosen.
  const isOpen = problems[`${use}A`] !== null || problems[`${use}B`] !== null;
  const nameOf = shortPaths(train.volumes.map(pathOf));
  return aloneTexts(
    alone
      .filter(({ why }) => !(isOpen && why === 'several'))
      .map(({ scan, why }) => ({ scan: nameOf(pathOf(scan)), why })),
  );
}

/** Sources of the networks that the variant has: those of R wait for a variant with R, and without a source all begin at random. */
export function usedSources({ settings, start }: Pick<TrainData, 'settings' | 'start'>): ClientStartPoint {
  if (isUnconditional(settings.variant)) return {};
  const { rAToB, rBToA, bToA, ...others } = start.sources;
  return {
    ...others,
    ...(settings.variant.direction !== 'aToB' && bToA && { bToA }),
    ...(hasR(settings.variant) && { ...(rAToB && { rAToB }), ...(rBToA && { rBToA }) }),
  };
}

/** The map of arbitrary units that is in force; null where both contrasts have one of their own (CT). */
export function relativeMap(settings: Pick<TrainSettings, 'intensity'>): RelativeMap | null {
  const maps = SIDES.map((side) => mapOfSide(settings, side));
  return maps.find((map) => map !== 'hu') ?? null;
}

/** A sentence about R, which a frozen variant never trains; null where all is well. */
export function frozenRWarning({ settings, start }: TrainData): string | null {
  const { variant } = settings;
  if (!hasR(variant) || variant.r === 'trained') return null;
  const { rAToB, rBToA } = start.sources;
  if (rAToB && rBToA) return null;
  return 'R is frozen as it starts: give weights of both R under Start of R, or it stays random.';
}

/** The latest stored run that has iterations to go, and is not the one on the screen. */
export function unfinishedRun({ stored, run }: TrainData): StoredRun | null {
  return stored?.find((kept) => isUnfinished(kept) && !kept.inUse && kept.runId !== run?.runId) ?? null;
}

export function isUnfinished({ step, settings }: StoredRun): boolean {
  return step < settings.iterations;
}

/** Whole percent of the iterations done, or null while no run goes on. */
export function runPercent({ train }: Pick<AppData, 'train'>): number | null {
  const { run } = train;
  if (!run || !isGoing(train)) return null;
  return Math.floor((100 * run.step) / run.settings.iterations);
}

export function isPhantom({ volumes }: Pick<TrainRun, 'volumes'>): boolean {
  return Object.values(volumes)
    .flat()
    .some((name) => /phantom/i.test(name));
}

/** Models that a training can start from, with what the worker is given of each: what ships, and the user's own of both rooms. */
export function startModels({
  models,
  own,
  loaded,
  ownStarts,
}: Pick<AppData, 'models' | 'own' | 'loaded'> & Pick<TrainData, 'ownStarts'>): {
  card: ModelCard;
  source: ClientStartSource;
}[] {
  const shipped = models.map((card) => ({ card, source: { kind: 'shipped' as const, id: card.id } }));
  const ofTranslate = Object.entries(own).map(([id, { file, card }]) => ({
    card: loaded[id].card,
    source: { kind: 'file' as const, file, card },
  }));
  const others = ofTranslate.filter(({ card }) => !ownStarts[card.id]);
  return [...shipped, ...others, ...Object.values(ownStarts)];
}

type StartModels = ReturnType<typeof startModels>;

/** Of the models to start from those that may start B to A beside the one for A to B: of its network and image, with contrasts exchanged. */
export function backModels(
  state: Parameters<typeof startModels>[0] & Pick<TrainData, 'settings' | 'start'>,
): StartModels {
  const { settings, start } = state;
  const all = startModels(state);
  const there = all.find(({ card }) => card.id === start.cardId)?.card;
  if (!there) return [];
  const { size, pixelSize, huEnds } = settings;
  const image = (side: Side, other: Side) =>
    JSON.stringify([size, pixelSize, huEnds ?? null, mapOfSide(settings, side), mapOfSide(settings, other)]);
  return all.filter(({ card }) => {
    const { preprocessing, network } = card;
    const { source, target } = intensityMaps(preprocessing);
    const own = [preprocessing.size, preprocessing.pixelSize, preprocessing.huEnds ?? null, source, target];
    return (
      card.source === settings.contrasts.b &&
      card.target === settings.contrasts.a &&
      JSON.stringify(network) === JSON.stringify(there.network) &&
      JSON.stringify(own) === image('b', 'a')
    );
  });
}

/** The one that is chosen of them. */
export const chosenBack = (models: StartModels, { sources }: StartChoice): StartModels[number] | null =>
  models.find(({ source }) => sources.bToA && isSameSource(source, sources.bToA)) ?? null;

function isSameSource(one: ClientStartSource, other: ClientStartSource): boolean {
  if (one.kind === 'shipped' || other.kind === 'shipped')
    return one.kind === 'shipped' && other.kind === 'shipped' && one.id === other.id;
  return one.file.name === other.file.name && one.file.size === other.file.size;
}
