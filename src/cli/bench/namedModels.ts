/** What `--models` of `bench` names: models, and the rows of the tables that they are in. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type BenchModel, plainId, type UnreadModel } from '../../engine/bench/bench';
import type { ModelCard } from '../../engine/cards/modelCard';
import { METHODS, type MethodId } from '../../engine/methods';
import { BadRequest } from '../../errors';
import { namesIn } from '../../platform/node/nameList';
import { isBadInput } from '../kit/badInput';
import { CARD_FILE, cardsBelow, listModels, loadByCard, MODELS_FOLDER, readCard } from '../kit/models';
import { MODEL_FOLDERS } from '../train/runFolder';

/** The id of a model is where its card lies in the folder that was named: reports go to other machines. */
export interface FoundModels {
  models: BenchModel[];
  unread: UnreadModel[];
  /** Of each model that is named again under another name, which is left out. */
  repeated: string[];
}

/**
 * Each name is a folder (every card.json in it and below), a card.json or the id of a model that comes with the program; before it,
 * with "=", a name for its row. One that cannot be read leaves the others alone.
 * @throws BadRequest where a name leads to no model; where none can be read, what is wrong with the first: CorruptFile and
 *         WeightsMismatch for its card, BadRequest for no weights beside it
 */
export async function namedModels(text: string): Promise<FoundModels> {
  const found: FoundModels = { models: [], unread: [], repeated: [] };
  const seen = new Map<string, string>();
  const ids = new Set<string>();
  let first: unknown;
  for (const entry of namesIn(text))
    for (const { path, name, inFolder } of await cardsOf(entry)) {
      const before = seen.get(path);
      if (before !== undefined) {
        if (before !== name) found.repeated.push(`${name}: is the model of row ${before}; taken once`);
        continue;
      }
      seen.set(path, name);
      const id = otherThan(ids, inFolder);
      ids.add(plainId(id));
      let card: ModelCard | undefined;
      try {
        card = await readCard(path);
        checkWeights(path, card.weights);
        const weights = async () => (await loadByCard(path)).weights.state;
        found.models.push({ id, name, card, weights });
      } catch (error) {
        if (!isBadInput(error)) throw error;
        first ??= error;
        found.unread.push({ id, name, why: (error as Error).message, ...(card && { card }) });
      }
    }
  if (found.models.length === 0 && first !== undefined) throw first;
  return found;
}

/** The same, or with a number where it is taken: two folders may be called the same. */
function otherThan(taken: ReadonlySet<string>, id: string): string {
  let other = id;
  for (let n = 2; taken.has(plainId(other)); n++) other = `${id}-${n}`;
  return other;
}

interface FoundCard {
  path: string;
  name: string;
  /** Its folder from the one that was named on, with the card's own name where that is another than usual; or the id that was named. */
  inFolder: string;
}

async function cardsOf(entry: string): Promise<FoundCard[]> {
  const [, given, place] = existsSync(entry) ? [] : (/^([^=]+)=(.+)$/.exec(entry) ?? []);
  const path = place ?? entry;
  const named = (parts: readonly string[]) => {
    if (given === undefined) return rowName(parts);
    const rest = ownParts(parts);
    return rest.length > 0 ? `${given}/${rest.join('/')}` : given;
  };
  const shipped = join(MODELS_FOLDER, path, CARD_FILE);
  if (/^[a-z0-9][a-z0-9._-]*$/.test(path) && !existsSync(path) && existsSync(shipped))
    return [{ path: shipped, name: given ?? path, inFolder: path }];
  if (!existsSync(path)) {
    const ids = (await listModels()).map(({ id }) => id).join(', ') || 'none';
    throw new BadRequest(
      `--models: must be a folder of models, a card.json or an id (${ids}), got "${path}"; correct the name`,
    );
  }
  if (!statSync(path).isDirectory()) {
    const parts = resolve(dirname(path)).split(/[\\/]/);
    const file = basename(path);
    const inFolder = [parts.at(-1), ...(file === CARD_FILE ? [] : [file])].filter(Boolean).join('/') || file;
    return [{ path: resolve(path), name: given ?? rowName(ownParts(parts).slice(-1)), inFolder }];
  }
  const cards = await cardsBelow(path);
  if (cards.length === 0)
    throw new BadRequest(
      `${path}: must hold models, each a ${CARD_FILE} with its weights, got none; choose another folder`,
    );
  return cards.map((card) => {
    const parts = relative(path, dirname(card))
      .split(/[\\/]/)
      .filter((part) => part !== '');
    return {
      path: resolve(card),
      inFolder: [basename(resolve(path)), ...parts].filter(Boolean).join('/') || CARD_FILE,
      name: given === undefined && ownParts(parts).length === 0 ? rowName([lastOf(path)]) : named(parts),
    };
  });
}

/** What a folder is called that may be a run, or a direction of one. */
const lastOf = (path: string): string =>
  ownParts(resolve(path).split(/[\\/]/)).at(-1) ?? basename(resolve(path));

const DIRECTIONS: readonly string[] = Object.values(MODEL_FOLDERS);

/** Without directions and seeds: what is left is the same for all runs of a row. */
const ownParts = (parts: readonly string[]): string[] =>
  parts.filter((part) => part !== '' && !DIRECTIONS.includes(part) && !/^seed[-_]?\d+$/i.test(part));

/** A method's id alone becomes what people call it. */
function rowName(parts: readonly string[]): string {
  const name = ownParts(parts).join('/') || 'model';
  return Object.hasOwn(METHODS, name) ? METHODS[name as MethodId].label : name;
}

/** @throws BadRequest where the weights are not there, or of another size than the card says: before hours of work, not after */
function checkWeights(path: string, { file, bytes }: { file: string; bytes: number }): void {
  const weights = join(dirname(path), file);
  const found = statSync(weights, { throwIfNoEntry: false });
  if (!found?.isFile())
    throw new BadRequest(
      `${path}: must have its weights beside it, got no file ${file}; put them there, or move the card away`,
    );
  if (found.size !== bytes)
    throw new BadRequest(
      `${weights}: must hold the ${bytes} bytes that its card gives, got ${found.size}; export the model again`,
    );
}
