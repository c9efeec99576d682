/** Text files that name scans: participants.tsv and lists. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SPLITS, trainingScans } from '../../src/platform/node/trainingScans';
import { mutate } from './mutate';
import type { Random } from './random';
import { must, type Target } from './target';

const folder = mkdtempSync(join(tmpdir(), 'syndiff-fuzz-tables-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const SUBJECTS = ['sub-01', 'sub-02', 'sub-03'];
mkdirSync(join(folder, 'bids'));
for (const subject of SUBJECTS) writeFileSync(join(folder, 'bids', `${subject}_T1w.nii`), '');

const CELLS = [
  '',
  ' ',
  'sub-01',
  'sub-02',
  'train',
  'test',
  '__proto__',
  'constructor',
  '\x1b[2J',
  '"sub-01"',
  'x'.repeat(4000),
];
const LINES = [
  '',
  '#',
  'bids/sub-01_T1w.nii',
  'bids',
  '.',
  '..',
  '/',
  '\0',
  '"bids/sub-02_T1w.nii"',
  '~',
  'x'.repeat(5000),
  '\u202e',
];

export const tables: Target = {
  name: 'tsv',
  run: async (random) => {
    const rows = [['participant_id', 'split'], ...SUBJECTS.map((subject) => [subject, random.pick(SPLITS)])];
    for (let n = random.below(4); n > 0; n--)
      random.pick(rows).splice(random.below(3), random.below(2), random.pick(CELLS));
    if (random.once(6)) rows.push(random.pick(rows));
    const text = rows.map((row) => row.join(random.once(20) ? ',' : '\t')).join(random.pick(['\n', '\r\n']));
    writeFileSync(join(folder, 'bids/participants.tsv'), bytesOf(text, random));
    await check(join(folder, 'bids'));
  },
};

export const lists: Target = {
  name: 'lists',
  run: async (random) => {
    const lines = SUBJECTS.map((subject) => `bids/${subject}_T1w.nii`);
    for (let n = random.below(4); n > 0; n--)
      lines.splice(random.below(4), random.below(2), random.pick(LINES));
    writeFileSync(join(folder, 'list.txt'), bytesOf(lines.join(random.pick(['\n', '\r\n'])), random));
    await check(join(folder, 'list.txt'));
  },
};

function bytesOf(text: string, random: Random): Uint8Array {
  const bytes = random.once(6)
    ? Buffer.from(`\ufeff${text}`, random.once(2) ? 'utf16le' : 'utf8')
    : Buffer.from(text);
  return random.once(2) ? mutate(bytes, random) : bytes;
}

async function check(name: string): Promise<void> {
  const scans = await trainingScans(name);
  must(scans.length > 0, 'no scan and no error');
  must(
    scans.every(({ split }) => SPLITS.includes(split)),
    'a split that is none',
  );
}
