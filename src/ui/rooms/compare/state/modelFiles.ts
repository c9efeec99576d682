/** Which card goes with which weights, of files and folders that were dropped together. */
import { isHidden } from '../../../../volume/formats/names';
import { isWeightsName } from '../../../state/files';
import type { DroppedFile } from '../../train/state/volumeFiles';
import type { Refused } from './types';

export interface GivenModel {
  /** For people: where it lay. */
  path: string;
  file: File;
  card?: File;
}

/**
 * In a folder with one file of weights its one .json is the card; with several, a card goes with the weights that it names. A .json that
 * names none is no card there.
 * @param textOf a file's text; asked only where a folder holds several
 * @returns `others`: paths of what belongs to no model, without what lies in folders, which nobody has chosen
 */
export async function givenModels(
  dropped: readonly DroppedFile[],
  textOf: (file: File) => Promise<string>,
): Promise<{ models: GivenModel[]; refused: Refused[]; others: string[] }> {
  const folders = new Map<string, DroppedFile[]>();
  for (const one of dropped) {
    if (isHidden(one.path)) continue;
    const folder = one.path.split(/[\\/]/).slice(0, -1).join('/');
    folders.set(folder, [...(folders.get(folder) ?? []), one]);
  }
  const models: GivenModel[] = [];
  const refused: Refused[] = [];
  const used = new Set<File>();
  for (const files of folders.values()) {
    const weights = files.filter(({ file }) => isWeightsName(file.name));
    const cards = files.filter(({ file }) => /\.json$/i.test(file.name)).map(({ file }) => file);
    if (weights.length === 1) {
      const [{ path, file }] = weights;
      const card = cards.length > 1 ? cards.find(({ name }) => /card\.json$/i.test(name)) : cards[0];
      models.push({ path, file, card });
      for (const one of card ? [file, card] : [file]) used.add(one);
      continue;
    }
    const named = await Promise.all(
      cards.map(async (card) => ({ card, names: weightsNamed(await textOf(card)) })),
    );
    for (const { path, file } of weights) {
      const fitting = named.filter(({ names }) => names === file.name);
      for (const one of [file, ...fitting.map(({ card }) => card)]) used.add(one);
      if (fitting.length > 1)
        refused.push({
          name: path,
          reason: `${path}: must have one card, got ${fitting.length} that name it; drop each model by itself, or in a folder of its own.`,
        });
      else models.push({ path, file, card: fitting[0]?.card });
    }
  }
  const others = dropped.flatMap(({ file, path }) =>
    used.has(file) || isHidden(path) || /[\\/]/.test(path) ? [] : [path],
  );
  return { models, refused, others };
}

/** The file of weights that a card names; null where the text is no card. */
function weightsNamed(text: string): string | null {
  try {
    const file = (JSON.parse(text) as { weights?: { file?: unknown } } | null)?.weights?.file;
    return typeof file === 'string' ? file : null;
  } catch {
    return null;
  }
}
