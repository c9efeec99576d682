/** Real slices for models of noise alone: all of train and val that hold some head. */
import { join } from 'node:path';
import { type BenchModel, type FeatureFile, type RealSlices, scaleKey } from '../../engine/bench/bench';
import { joinSlices, volumeSlices } from '../../engine/training/dataset';
import { gridOfModel, gridOfSide } from '../../engine/training/settings';
import { isUnconditionalModel } from '../../engine/unconditional';
import { readBytes } from '../../platform/node/files';
import { PACKAGE_ROOT } from '../../platform/node/packageRoot';
import { chosenScans, refuseRivals } from '../../platform/node/scanChoice';
import { readChosen } from '../../platform/node/scans';
import { hasContrast, sayOnce, type TrainingScan, trainingScans } from '../../platform/node/trainingScans';
import { object, parseJson, text } from '../../schema';
import { targetPlace } from '../evaluate/splitPairs';
import { isBadInput } from '../kit/badInput';
import { type DataChoice, digestOf } from './benchData';

const FEATURES = join(PACKAGE_ROOT, 'public/features/fd-brain');
const FEATURE_CARD = object({ weights: object({ file: text(), sha256: text() }) });

/** FD-brain's network. @throws as `readBytes`, CorruptFile for a card that is none */
export async function brainFeatures(): Promise<FeatureFile> {
  const path = join(FEATURES, 'card.json');
  const { weights } = parseJson(await readBytes(path), FEATURE_CARD, { subject: path });
  return { sha256: weights.sha256, bytes: () => readBytes(join(FEATURES, weights.file)) };
}

/**
 * Of each contrast and scale of the models of noise alone. A scan that cannot be read is told and left out.
 * @throws BadRequest where no slice is left
 */
export async function realSlices(models: readonly BenchModel[], data: DataChoice): Promise<RealSlices[]> {
  const say = sayOnce(data.say);
  const wanted = new Map(
    models
      .filter(({ card }) => isUnconditionalModel(card))
      .map(({ card }) => [`${card.target} ${scaleKey(card)}`, card]),
  );
  const found: RealSlices[] = [];
  for (const card of wanted.values()) {
    const scans = await scansOf(card.target, data, say);
    if (scans.length === 0) continue;
    const grid = gridOfSide(gridOfModel(card.preprocessing), 'b');
    const sets = [];
    for (const [n, scan] of scans.entries()) {
      data.show(`reading ${card.target}, scan ${n + 1} of ${scans.length}`);
      const place = targetPlace(scan.path, data.choice);
      try {
        const { image } = await readChosen(place, data.say);
        sets.push(volumeSlices(image, scan.subject, grid));
      } catch (error) {
        if (!isBadInput(error)) throw error;
        say(`${scan.subject}: left out: ${(error as Error).message}`);
      }
    }
    const places = scans.map(({ path }) => targetPlace(path, data.choice));
    const digest = await digestOf(places.map((place) => [place]));
    found.push({ contrast: card.target, scale: scaleKey(card), data: digest, slices: joinSlices(sets) });
  }
  return found;
}

async function scansOf(
  contrast: string,
  { folders, choice: { filter }, limit }: DataChoice,
  say: (sentence: string) => void,
): Promise<TrainingScan[]> {
  const lists: Record<string, TrainingScan[]> = {};
  for (const folder of folders)
    if (await hasContrast(folder, contrast, filter))
      lists[folder] = (await trainingScans(`${folder}:${contrast}`, say, filter)).filter(
        ({ split }) => split !== 'test',
      );
  const chosen = Object.values(chosenScans(lists, filter, say)).map((scans) => scans.slice(0, limit));
  for (const scans of chosen) refuseRivals(scans, say);
  return chosen.flat();
}
