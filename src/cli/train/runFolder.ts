/** The folder that --out names: what lies in it, and that nothing of somebody else's is written over. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readModelCard } from '../../engine/cards/modelCard';
import { stepOfFile } from '../../engine/training/checkpoint';
import { DATA_FILE } from '../../engine/training/dataFile';
import { HISTORY } from '../../engine/training/historyFile';
import { INDEX, INDEX_BEFORE } from '../../engine/training/runFiles';
import type { Direction } from '../../engine/training/sides';
import { BadRequest } from '../../errors';
import { unreadable } from '../../platform/node/fileErrors';
import { ASIDE, kindOfFound, missingFolders, readBytes } from '../../platform/node/files';
import { LOCK_FILE } from '../../platform/node/folderLock';
import { CARD_FILE } from '../kit/models';

export const RUN_FOLDER = 'run';
export const LOG_FILE = 'log.jsonl';
export const EVALUATION_FILE = 'evaluation.json';
export const PREVIEWS = 'previews';
/** Pictures of the losses, of the generators' terms and the discriminators'. */
export const LOSS_CHARTS = {
  generators: 'losses-generators.svg',
  discriminators: 'losses-discriminators.svg',
};
export const MODEL_FOLDERS: Record<Direction, string> = { aToB: 'a-to-b', bToA: 'b-to-a' };
/** Beside the checkpoint: what the run was called with. */
export const CALL_FILE = 'call.json';

const RUN_FILES = [INDEX, INDEX_BEFORE, HISTORY, DATA_FILE, CALL_FILE];

/** Whether a run writes a file of this name into its folder of checkpoints. */
export const isRunFile = (name: string) => RUN_FILES.includes(name) || stepOfFile(name) !== null;

type Kind = ReturnType<typeof kindOfFound>;
/** That a run writes beside its folders. */
export const FILES: readonly string[] = [LOG_FILE, EVALUATION_FILE, ...Object.values(LOSS_CHARTS)];
const FOLDERS = [RUN_FOLDER, PREVIEWS, ...Object.values(MODEL_FOLDERS)];
const ADVICE = 'move it away, or choose another --out';

/**
 * To be asked before anything is computed.
 * @throws BadRequest where a folder is in the place of a file, or a file in that of a folder
 */
export async function checkKinds(out: string): Promise<void> {
  await missingFolders(out);
  for (const name of FILES) await needKind(join(out, name), 'file');
  for (const name of FOLDERS) await needKind(join(out, name), 'folder');
  for (const folder of Object.values(MODEL_FOLDERS)) await needKind(join(out, folder, CARD_FILE), 'file');
  const run = join(out, RUN_FOLDER);
  // Of the lock its own sentence.
  for (const name of await namesIn(run)) if (name !== LOCK_FILE) await needKind(join(run, name), 'file');
}

/** @throws BadRequest where the folder of a new run holds what the run would write over */
export async function refuseInTheWay(out: string): Promise<void> {
  const inTheWay: string[] = [];
  for (const name of FILES) if (await kindOf(join(out, name))) inTheWay.push(name);
  for (const name of FOLDERS) {
    const [first] = (await namesIn(join(out, name))).filter((one) => !isOfKilled(one));
    if (first !== undefined) inTheWay.push(`${name}/${first}`);
  }
  const [first, ...others] = inTheWay;
  if (first !== undefined)
    throw new BadRequest(
      `${out}: must be new or hold nothing that the run would write over, got ${first}${others.length > 0 ? ` and ${others.length} more` : ''}, which no run of this program has written; ${ADVICE}`,
    );
}

/** @throws BadRequest where a model of the run would be written over something else */
export async function checkCards(out: string): Promise<void> {
  for (const folder of Object.values(MODEL_FOLDERS)) {
    const path = join(out, folder, CARD_FILE);
    if (!(await kindOf(path))) continue;
    try {
      readModelCard(path, await readBytes(path));
    } catch (error) {
      throw new BadRequest(`${(error as Error).message.split('; ', 1)[0]}; delete it, or move it away`);
    }
  }
}

/** What a process that was killed before its run began may leave. */
const isOfKilled = (name: string) => name === LOCK_FILE || name.endsWith(ASIDE);

async function needKind(path: string, kind: Kind): Promise<void> {
  const found = await kindOf(path);
  if (found && found !== kind) throw new BadRequest(`${path}: must be a ${kind}, got a ${found}; ${ADVICE}`);
}

/** Null where nothing is there. */
async function kindOf(path: string): Promise<Kind | null> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw unreadable(path, error);
  });
  return found && kindOfFound(found);
}

/** None where there is no such folder. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw unreadable(folder, error);
  });
}
