import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { otherSplitTexts, readSplits, splitOf, tableRows } from './participants';

const folder = mkdtempSync(join(tmpdir(), 'syndiff-participants-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'participants.tsv');

const splitsOf = async (content: string | Uint8Array) => {
  writeFileSync(file, content);
  const splits = await readSplits(file);
  return splits && [...splits.byName].map((pair) => pair.join(' '));
};

const TABLE = 'participant_id\tsplit\nsub-01\ttrain\nsub-02\ttest\n';
const SPLITS = ['sub-01 train', 'sub-02 test'];

it.each<[string, string | Uint8Array]>([
  ['as it is written by hand', TABLE],
  ['of Windows', TABLE.replaceAll('\n', '\r\n')],
  ['of an old Macintosh', TABLE.replaceAll('\n', '\r')],
  ['with a byte order mark', `\uFEFF${TABLE}`],
  ['in UTF-16', Buffer.from(`\uFEFF${TABLE}`, 'utf16le')],
  ['in UTF-16, big-endian', Buffer.from(`\uFEFF${TABLE}`, 'utf16le').swap16()],
  ['with quotes', '"participant_id"\t"split"\n"sub-01"\t"train"\n"sub-02"\t"test"'],
  ['with remarks and empty lines', `# whom to score\n\n${TABLE}\n \n# end\n\t\n`],
  ['with columns before, one of them empty', TABLE.replace(/^/gm, '\t').replace('\t', 'sex\t')],
  ['with capitals in its header', TABLE.replace('split', 'Split')],
])('reads a table %s', async (_, content) => {
  expect(await splitsOf(content)).toEqual(SPLITS);
});

it('has no splits where there is no such column', async () => {
  expect(await splitsOf('participant_id\tage\nsub-01\t40\n')).toBeNull();
  expect(await splitsOf('')).toBeNull();
});

it.each([
  [
    ',',
    'participants.tsv: must have tabs between its columns, got the line participant_id,split; save it with tabs',
  ],
  [' ', 'got the line participant_id split; save it with tabs'],
  [';', 'got the line participant_id;split; save it with tabs'],
])(
  'names a table with "%s" between its columns, in which nobody would have a split',
  async (mark, sentence) => {
    await expect(splitsOf(TABLE.replaceAll('\t', mark))).rejects.toThrow(sentence);
  },
);

it('names UTF-16 without a mark, and a file that is no text', async () => {
  await expect(splitsOf(Buffer.from(TABLE, 'utf16le'))).rejects.toThrow(
    'participants.tsv: must be text, got UTF-16 without a byte order mark; save it as UTF-8',
  );
  await expect(splitsOf(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0))).rejects.toThrow('got bytes that are no text');
});

it('takes quotes away that belong to the table, and no others', () => {
  expect(tableRows('"say ""a"""\t5" tall\t"open\n')).toEqual([['say "a"', '5" tall', '"open']]);
});

it('finds somebody as the table writes the name, or by another writing of it', async () => {
  writeFileSync(file, TABLE);
  const splits = (await readSplits(file))!;
  const names = [['sub-02'], ['sub-2'], ['x', 'Sub-1'], ['sub-3']];
  expect(names.map((list) => splitOf(splits, list))).toEqual(['test', 'test', 'train', undefined]);
});

it('names whom a table above the scans has in another split than train', async () => {
  writeFileSync(file, `${TABLE}sub-03\tval\n`);
  const pathOf = (subject: string, contrast = 'T1w') =>
    join(folder, subject, 'anat', `${subject}_${contrast}.nii`);
  const told = (split: string) =>
    `trained on, though ${file} has them for ${split}; leave them out unless that is meant`;
  expect(
    await otherSplitTexts(['sub-01', 'sub-2', 'sub-03', 'sub-04'].map((subject) => pathOf(subject))),
  ).toEqual([`sub-2: ${told('test')}`, `sub-03: ${told('val')}`]);
  expect(await otherSplitTexts([pathOf('sub-02'), pathOf('sub-02', 'FLAIR')])).toEqual([
    `sub-02: ${told('test')}`,
  ]);
  expect(await otherSplitTexts([join(folder, 'sub-02_T1w.nii')])).toHaveLength(1);
  writeFileSync(file, 'participant_id\tsplit\nsub-02\tlater\n');
  expect(await otherSplitTexts([pathOf('sub-02')])).toEqual([]);
});
