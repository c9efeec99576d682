/** What a run has told, a line of JSON each, in a file that only grows. A damaged line is told and left out: a run goes on without. */
import { choose, type Infer, object, optional, parseJson, whole } from '../../schema';
import { crc32 } from '../../volume/crc32';
import {
  RUN_HISTORY,
  type RunHistory,
  STEP_REPORT,
  type StepReport,
  VALIDATION,
  type Validation,
} from './reports';
import { INDEX, type RunFiles } from './runFiles';

export const HISTORY = 'history.jsonl';

/** The lines that belong to the checkpoint. */
export const STORED_HISTORY = object({
  bytes: whole(),
  steps: whole(),
  validations: whole(),
  /** Of these bytes: unlike SHA-256 it goes on from what was there. Absent in runs of former versions. */
  crc32: optional(whole(0, 2 ** 32 - 1)),
});
export type StoredHistory = Infer<typeof STORED_HISTORY>;

/** A stored run's history, as far as it can be read. */
export interface ReadHistory extends RunHistory {
  /** A sentence for each of the first damaged lines, and one for the others. */
  damage: string[];
  /** What is there of it, for the index: as the index has it where nothing is damaged. */
  stored: string | StoredHistory;
}

const MOST_SENTENCES = 3;
const LEFT_OUT = 'the curves go on without it';
const NEWLINE = 10;

type Told = StepReport | Validation;
const TOLD = choose<Told>((value) => (isValidation(value) ? VALIDATION : STEP_REPORT));
const isValidation = (value: unknown) => typeof value === 'object' && value !== null && 'directions' in value;

/** @param stored the index's account of it; a file's name in the first format */
export async function readHistory(
  files: RunFiles,
  { history: stored }: { history: string | StoredHistory },
): Promise<ReadHistory> {
  const name = typeof stored === 'string' ? stored : HISTORY;
  const found = await files.read(name);
  if (!found) return noHistory(name);
  if (typeof stored === 'string') return readFirstFormat(name, found);
  const bytes = found.subarray(0, stored.bytes);
  const told: Told[] = [];
  const damage: string[] = [];
  let [line, start] = [0, 0];
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    line++;
    try {
      const at = { subject: HISTORY, name: `line ${line}`, advice: LEFT_OUT };
      told.push(parseJson(bytes.subarray(start, end), TOLD, at));
    } catch (error) {
      damage.push((error as Error).message);
    }
    start = end + 1;
  }
  if (start < stored.bytes)
    damage.push(
      `${HISTORY}: must hold ${stored.bytes} bytes in whole lines, got ${start}; the curves end with line ${line}`,
    );
  const sum = crc32(bytes.subarray(0, start));
  if (damage.length === 0 && stored.crc32 !== undefined && sum !== stored.crc32)
    damage.push(
      `${HISTORY}: must be as it was written, got other bytes (its checksum differs); a number of the curves may be wrong`,
    );
  const steps = told.flatMap((one) => ('losses' in one ? [one] : []));
  const validations = told.flatMap((one) => ('directions' in one ? [one] : []));
  const present = { bytes: start, steps: steps.length, validations: validations.length, crc32: sum };
  const sentences = firstOf(
    damage,
    (more) => `${HISTORY}: ${more} more of its ${line} lines are damaged; the curves go on without them`,
  );
  return { steps, validations, damage: sentences, stored: damage.length > 0 ? present : stored };
}

function noHistory(name: string): ReadHistory {
  const damage = [`${name}: must lie beside ${INDEX}, got no such file; the curves begin anew`];
  return { steps: [], validations: [], damage, stored: { bytes: 0, steps: 0, validations: 0, crc32: 0 } };
}

/** Sentences on damaged lines, the first of many. */
export function firstOf(sentences: readonly string[], others: (count: number) => string): string[] {
  const more = sentences.length - MOST_SENTENCES;
  return more > 0 ? [...sentences.slice(0, MOST_SENTENCES), others(more)] : [...sentences];
}

/** All of it in one JSON text. */
function readFirstFormat(name: string, bytes: Uint8Array): ReadHistory {
  const at = { subject: name, advice: 'the curves begin anew' };
  try {
    return { ...parseJson(bytes, RUN_HISTORY, at), damage: [], stored: name };
  } catch (error) {
    return { steps: [], validations: [], damage: [(error as Error).message], stored: name };
  }
}

/** Adds what is not stored yet, so that a checkpoint costs the same however long the run is. */
export async function appendHistory(
  files: RunFiles,
  before: string | StoredHistory | undefined,
  { steps, validations }: RunHistory,
): Promise<StoredHistory> {
  const from = typeof before === 'object' ? before : { bytes: 0, steps: 0, validations: 0, crc32: 0 };
  const told: Told[] = [...steps.slice(from.steps), ...validations.slice(from.validations)];
  const lines = new TextEncoder().encode(told.map((one) => `${JSON.stringify(one)}\n`).join(''));
  await files.append(HISTORY, from.bytes, lines);
  return {
    bytes: from.bytes + lines.length,
    steps: steps.length,
    validations: validations.length,
    ...(from.crc32 !== undefined && { crc32: crc32(lines, from.crc32) }),
  };
}
