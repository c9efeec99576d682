/**
 * One reader, case after case, in a process of its own (scripts/fuzz.mjs watches it): READER SEED FIRST CASES SECONDS.
 * Tells the number of each case on descriptor 3 before it begins, and at the end the counts by outcome as JSON on stdout.
 * A fault is anything but a result or a named error in a sentence: another error, seconds of work, hundreds of MB.
 */
import { writeSync } from 'node:fs';
import { shortSentence } from '../../src/plainText';
import { cards } from './cards';
import { nifti } from './nifti';
import { Random } from './random';
import { safetensors } from './safetensors';
import { sidecars } from './sidecars';
import { lists, tables } from './tables';
import type { Target } from './target';
import { torchLegacy, torchZip } from './torch';

const TARGETS: readonly Target[] = [
  nifti,
  safetensors,
  torchZip,
  torchLegacy,
  cards,
  sidecars,
  tables,
  lists,
];
/** The errors by which the program says that an input is not to be read: what a user sees as a sentence. */
const NAMED = ['UnsupportedFile', 'CorruptFile', 'WeightsMismatch', 'BadRequest'];
const MOST_MS = 2000;
const MOST_RSS_KB = 500_000;
/** It takes longer to ask than a case does. */
const MEMORY_EVERY = 16;
/** The same fault again says nothing new. */
const MOST_FAULTS = 10;

const [name, ...numbers] = process.argv.slice(2);
const [seed, first, cases, seconds] = numbers.map(Number);
const target = TARGETS.find((one) => one.name === name);
if (!target)
  throw new Error(`reader: must be one of ${TARGETS.map((one) => one.name).join(', ')}, got ${name}`);

const counts: Record<string, number> = {};
const faults: { case: number; what: string }[] = [];
let now = first;
let done = 0;
process.on('unhandledRejection', (error) => faults.push({ case: now, what: `unhandled: ${textOf(error)}` }));

const end = performance.now() + 1000 * seconds;
for (; now < first + cases && performance.now() < end && faults.length < MOST_FAULTS; now++) {
  writeSync(3, `${now}\n`);
  const begin = performance.now();
  const outcome = await outcomeOf(target, now);
  if (performance.now() - begin > MOST_MS) await measure(target, now);
  if (now % MEMORY_EVERY === 0 && isLarge()) break;
  counts[outcome] = (counts[outcome] ?? 0) + 1;
  done++;
}
isLarge();
// What is rejected behind a result is heard in the next turn.
await new Promise((resolve) => setTimeout(resolve, 0));
process.stdout.write(`${JSON.stringify({ done, counts, faults })}\n`, () =>
  process.exit(faults.length > 0 ? 1 : 0),
);

async function outcomeOf(one: Target, n: number): Promise<string> {
  try {
    await one.run(new Random(seed, one.name, n));
    return 'result';
  } catch (error) {
    const { name: kind, message } = error as Error;
    const sentence = shortSentence(message);
    if (!NAMED.includes(kind)) fault(textOf(error));
    else if (!/^[^\n]+: ./.test(sentence) || sentence.length > 600) fault(`no sentence: ${sentence}`);
    return kind;
  }
}

/** What was too much once stays so: nothing more can be told of the cases that follow. */
function isLarge(): boolean {
  const { maxRSS } = process.resourceUsage();
  if (maxRSS > MOST_RSS_KB)
    fault(`${Math.round(maxRSS / 1000)} MB of memory, by this case or one of the ${MEMORY_EVERY} before`);
  return maxRSS > MOST_RSS_KB;
}

/** Again, and by its own time: the machine may be busy. */
async function measure(one: Target, n: number): Promise<void> {
  const before = process.cpuUsage();
  await one.run(new Random(seed, one.name, n)).catch(() => undefined);
  const { user, system } = process.cpuUsage(before);
  if (user + system > 1000 * MOST_MS) fault(`${Math.round((user + system) / 1000)} ms of work`);
}

function fault(what: string): void {
  faults.push({ case: now, what });
}

function textOf(error: unknown): string {
  return error instanceof Error
    ? String(error.stack).split('\n').slice(0, 5).join('\n').slice(0, 1000)
    : String(error);
}
