import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { DATA_DIR, hasData } from '../../../test/sharedData';
import { SCAN_EXTENSIONS } from '../../volume/formats/names';
import { pairScans } from '../../volume/pairing';
import { hasContrast, trainingScans } from './trainingScans';

const root = mkdtempSync(join(tmpdir(), 'syndiff-scans-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A new folder with these files: text, or nothing in those of which only the name counts. */
function folderOf(files: string[] | Record<string, string>): string {
  const folder = mkdtempSync(join(root, 'set-'));
  const contents = Array.isArray(files) ? Object.fromEntries(files.map((name) => [name, ''])) : files;
  for (const [name, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** "split subject path" of each scan, the path seen from the folder. */
async function told(names: string, folder: string): Promise<string[]> {
  const scans = await trainingScans(names);
  return scans.map(({ split, subject, path }) => `${split} ${subject} ${relative(folder, path)}`);
}

const BIDS = [
  'dataset_description.json',
  'sub-02/anat/sub-02_T1w.nii',
  'sub-02/anat/sub-02_FLAIR.nii.gz',
  'sub-01/ses-2/anat/sub-01_ses-2_acq-sag_T1w.nii.gz',
  'sub-01/ses-1/anat/sub-01_ses-1_T1w.nii.gz',
  'sub-01/ses-1/anat/sub-01_ses-1_T1w.json',
  'derivatives/seg/sub-01/anat/sub-01_T1w.nii.gz',
];
const bids = (table: string) =>
  folderOf({ ...Object.fromEntries(BIDS.map((name) => [name, ''])), 'participants.tsv': table });

describe('a folder', () => {
  it('gives its scans and those below, sorted, each a subject', async () => {
    const folder = folderOf([
      'b.nii',
      'A/sub-07_T2w.nii.gz',
      'B.nii.gz',
      'notes.txt',
      'a.img',
      'c.img',
      'c.hdr',
    ]);
    expect(await told(folder, folder)).toEqual([
      'train sub-07 A/sub-07_T2w.nii.gz',
      'train B B.nii.gz',
      'train b b.nii',
      'train c c.hdr',
    ]);
  });

  it('keeps to the splits of its participants', async () => {
    const table = 'participant_id\tsplit\nsub-1\ttest\nsub-2\ttrain\n';
    const folder = folderOf({ 'sub-1_T1w.nii': '', 'sub-2_T1w.nii': '', 'participants.tsv': table });
    expect(await told(folder, folder)).toEqual(['test sub-1 sub-1_T1w.nii', 'train sub-2 sub-2_T1w.nii']);
  });

  it('is refused where it is empty, absent or of several contrasts', async () => {
    const empty = folderOf(['notes.txt']);
    await expect(trainingScans(empty)).rejects.toThrow(
      `${empty}: must hold scans (${SCAN_EXTENSIONS.join(', ')}), got none; choose another folder`,
    );
    await expect(trainingScans(join(root, 'none'))).rejects.toThrow('none: no such folder or list of scans;');
    await expect(trainingScans(`${folderOf(['a.nii'])},`)).rejects.toThrow('"": no such folder');
    const mixed = folderOf(BIDS);
    await expect(trainingScans(mixed)).rejects.toThrow(
      `${mixed}: must hold scans of one contrast, got FLAIR, T1w; choose one, as ${mixed}:FLAIR`,
    );
  });
});

describe('a BIDS data set and a suffix', () => {
  it('gives the scans of that suffix of the subjects, not those of derivatives', async () => {
    const folder = folderOf(BIDS);
    expect(await told(`${folder}:T1w`, folder)).toEqual([
      'train sub-01 sub-01/ses-1/anat/sub-01_ses-1_T1w.nii.gz',
      'train sub-01 sub-01/ses-2/anat/sub-01_ses-2_acq-sag_T1w.nii.gz',
      'train sub-02 sub-02/anat/sub-02_T1w.nii',
    ]);
  });

  it('gives those outside of the folders of subjects, too, and of folders that are written otherwise', async () => {
    const names = [
      'Sub-02/Sub-02_T1w.nii',
      'UPPER_T1W.NII',
      'siteA/sub-01/sub-01_T1w.nii',
      'sub-01/sub-01_T1w.nii',
    ];
    const folder = folderOf(names);
    const paths = (await trainingScans(`${folder}:T1w`)).map(({ path }) => relative(folder, path));
    expect(paths).toEqual(names);
  });

  it.each([
    ['t1ce', 'got FLAIR, T1w; choose FOLDER:T1w with --filter ce=yes for those with a contrast agent'],
    ['t1', 'got FLAIR, T1w; choose FOLDER:T1w'],
    ['T2', 'got FLAIR, T1w; choose a contrast that is there'],
  ])('says what scans of %s are called: %s', async (word, text) => {
    const folder = folderOf(['P01_t1.nii', 'P01_t1ce.nii', 'P01_flair.nii']);
    await expect(trainingScans(`${folder}:${word}`)).rejects.toThrow(text.replace('FOLDER', folder));
  });

  it('takes sub-1 and sub-01 for one person', async () => {
    const table = (one: string, other: string) =>
      folderOf({
        'sub-1_T1w.nii': '',
        'sub-01_FLAIR.nii': '',
        'participants.tsv': `participant_id\tsplit\nsub-1\t${one}\nsub-01\t${other}\n`,
      });
    await expect(trainingScans(`${table('train', 'val')}:T1w`)).rejects.toThrow(
      'a subject must be in one split, got train and val for sub-1, also written sub-01; correct a row',
    );
    const folder = folderOf({
      'Sub-007_T1w.nii': '',
      'participants.tsv': 'participant_id\tsplit\nsub-7\ttest\n',
    });
    expect(await told(`${folder}:T1w`, folder)).toEqual(['test sub-007 Sub-007_T1w.nii']);
  });

  it("keeps to the splits of its participants, in a spreadsheet's dialect too", async () => {
    const folder = bids('\uFEFFage\tparticipant_id\tsplit\r\n7\tsub-02\tval\r\n8\tsub-01\ttest\r\n\r\n');
    const splits = (await trainingScans(`${folder}:T1w`)).map(({ split, subject }) => `${subject} ${split}`);
    expect(splits).toEqual(['sub-01 test', 'sub-01 test', 'sub-02 val']);
  });

  it('trains on all where the table has no splits', async () => {
    const folder = bids('participant_id\tage\nsub-02\t9\n');
    expect((await trainingScans(`${folder}:T1w`)).map(({ split }) => split)).toEqual(Array(3).fill('train'));
  });

  it('says what is wrong', async () => {
    const folder = folderOf(BIDS);
    const refused = (name: string) => expect(trainingScans(name)).rejects;
    await refused(`${folder}:T2w`).toThrow(
      `${folder}: must hold scans named sub-*_T2w, got FLAIR, T1w; choose a contrast that is there`,
    );
    await refused(`${folderOf(['a.nii'])}:T1w`).toThrow(
      'got none whose name tells a contrast; name the scans so, or choose another folder',
    );
    await refused(`${folderOf(['participants.tsv'])}:T1w`).toThrow(
      'got no scan at all; choose another folder',
    );
    await refused(`${folder}/none:T1w`).toThrow(`${folder}/none: no such folder; correct the name`);
    await refused(`${bids('participant_id\tsplit\nsub-01\ttrain\nsub-02\tdev\n')}:T1w`).toThrow(
      'participants.tsv: split must be train, val, test, got dev for sub-02',
    );
    await refused(`${bids('participant_id\tsplit\nsub-01\ttrain\nsub-02\n')}:T1w`).toThrow(
      'got nothing for sub-02',
    );
    await refused(`${bids('participant_id\tsplit\nsub-01\ttrain\nsub-02\tval\nsub-01\ttest\n')}:T1w`).toThrow(
      'participants.tsv: a subject must be in one split, got train and test for sub-01; correct a row',
    );
    await refused(`${bids('participant_id\tsplit\nsub-01\ttrain\n')}:T1w`).toThrow(
      'participants.tsv: must give every subject a split, got no row for sub-02; add one',
    );
    // Rows of files: the visits of sub-01 are one person's.
    const rows = 'sub-01_ses-1_T1w\ttrain\nsub-01_ses-2_acq-sag_T1w\ttest\nsub-02\ttrain\n';
    await refused(`${bids(`participant_id\tsplit\n${rows}`)}:T1w`).toThrow(
      'participants.tsv: a subject must be in one split, got train and test for sub-01; correct a row',
    );
    await refused(`${bids('subject\tsplit\nsub-01\ttrain\n')}:T1w`).toThrow(
      'participants.tsv: must have a column participant_id, got subject, split',
    );
  });
});

describe('what is no scan of the contrast', () => {
  const said = async (name: string) => {
    const sentences: string[] = [];
    const scans = await trainingScans(name, (sentence) => sentences.push(sentence));
    return { paths: scans.map(({ path }) => basename(path)), sentences };
  };

  it('is left out: masks, companions of a system, derivatives', async () => {
    const folder = folderOf([
      'sub-01_T1w.nii.gz',
      '._sub-01_T1w.nii.gz',
      'sub-01_space-T1w_desc-brain_mask.nii.gz',
      'sub-01_space-T1w_dseg.nii.gz',
      'sub-01_T1_ce.nii.gz',
      'derivatives/x/sub-01_desc-preproc_T1w.nii.gz',
    ]);
    const paths = ['sub-01_T1w.nii.gz'];
    const sentences = [
      `${folder}: left out 1 hidden file (._sub-01_T1w.nii.gz), 1 scan of derivatives (derivatives/x/sub-01_desc-preproc_T1w.nii.gz), 2 masks or labels (first sub-01_space-T1w_desc-brain_mask.nii.gz)`,
      'sub-01_T1_ce.nii.gz: taken with a contrast agent; left out, for there are scans without',
    ];
    expect(await said(folder)).toEqual({ paths, sentences });
    expect(await said(`${folder}:T1w`)).toEqual({ paths, sentences });
  });

  it('is left out: phase images, unless a filter decides', async () => {
    const names = ['sub-01_part-mag_T1w.nii', 'sub-01_part-phase_T1w.nii'];
    const folder = folderOf(names);
    const { paths, sentences } = await said(`${folder}:T1w`);
    expect(paths).toEqual(names.slice(0, 1));
    expect(sentences).toEqual([expect.stringMatching(/^sub-01_part-phase_T1w.nii: phase .*; left out/)]);
    expect(await trainingScans(folder, undefined, { part: ['phase'] })).toHaveLength(2);
  });

  it('is said where names tell no contrast beside others that do, and where a scan is named twice', async () => {
    const folder = folderOf(['sub-01_T1w.nii', 'scout.nii']);
    const { sentences } = await said(`${folder},${folder}/scout.nii`);
    expect(sentences).toEqual([
      'scout.nii: no contrast in the name; taken as T1w, as the others are',
      `${folder}/scout.nii: named more than once; taken once`,
    ]);
  });

  it('is left out: what this program has made, unless a filter decides', async () => {
    const [real, made] = ['sub-01_FLAIR.nii.gz', 'sub-02_desc-synth_FLAIR.nii.gz'];
    const text = `${made}: made by this program, not scanned; left out; choose such images by --filter desc=synth`;
    const folder = folderOf({
      [real]: '',
      [made]: '',
      'list.txt': `${real}\n${made}\n`,
      'sub-03_T1w.nii': '',
    });
    for (const name of [`${folder}:FLAIR`, join(folder, 'list.txt')])
      expect(await said(name)).toEqual({ paths: [real], sentences: [text] });
    const only = 'must hold scans, got only images that this program has made, such as';
    await expect(trainingScans(join(folder, made))).rejects.toThrow(only);
    rmSync(join(folder, real));
    await expect(trainingScans(`${folder}:FLAIR`)).rejects.toThrow(
      `${folder}: ${only} ${made}; choose others, or`,
    );
    expect(await hasContrast(folder, 'FLAIR')).toBe(false);
    const filter = { desc: ['synth'] };
    expect(await hasContrast(folder, 'FLAIR', filter)).toBe(true);
    expect(await trainingScans(`${folder}:FLAIR`, undefined, filter)).toHaveLength(1);
    // Nothing else of another contrast is there than what is scanned.
    expect((await said(folder)).paths).toEqual(['sub-03_T1w.nii']);
  });

  it('is left out of a list, too, and refused where nothing else is in it', async () => {
    const folder = folderOf({
      'sub-1_T1w.nii': '',
      '._sub-1_T1w.nii': '',
      'sub-1_dseg.nii': '',
      'masks/sub-2_T1w.nii': '',
      'list.txt': 'sub-1_T1w.nii\n._sub-1_T1w.nii\nsub-1_dseg.nii\nmasks/sub-2_T1w.nii',
      'masks.txt': 'sub-1_dseg.nii',
    });
    const list = join(folder, 'list.txt');
    expect(await said(list)).toEqual({
      paths: ['sub-1_T1w.nii', 'sub-2_T1w.nii'],
      sentences: [`${list}: left out 1 hidden file (._sub-1_T1w.nii), 1 mask or label (sub-1_dseg.nii)`],
    });
    await expect(trainingScans(join(folder, 'masks.txt'))).rejects.toThrow(
      'masks.txt: must name scans, got only 1 mask or label (sub-1_dseg.nii); write others into it',
    );
    const only = folderOf(['labels/P1.nii', 'a.img', '.git/annex/b.nii']);
    await expect(trainingScans(only)).rejects.toThrow(
      /got only 1 mask or label \(labels\/P1.nii\), 1 scan without its other file \(a.img\); choose another/,
    );
  });

  it('is told by words where names are not of BIDS', async () => {
    const contrasts = ['flair', 'seg', 't1', 't1ce', 't2'];
    const folder = folderOf(
      ['01', '02'].flatMap((n) => contrasts.map((one) => `BraTS_${n}/BraTS_${n}_${one}.nii.gz`)),
    );
    await expect(trainingScans(folder)).rejects.toThrow(
      `${folder}: must hold scans of one contrast, got FLAIR, T1w, T2w; choose one, as ${folder}:FLAIR`,
    );
    const { paths, sentences } = await said(`${folder}:T1w`);
    expect(paths).toEqual(['BraTS_01_t1.nii.gz', 'BraTS_02_t1.nii.gz']);
    expect(sentences).toEqual([
      `${folder}: left out 2 masks or labels (first BraTS_01/BraTS_01_seg.nii.gz)`,
      expect.stringMatching(/^BraTS_01\/BraTS_01_t1ce.nii.gz and 1 more: taken with/),
    ]);
  });
});

describe('a list of files', () => {
  it('gives its scans in its order, seen from its own folder', async () => {
    const other = folderOf(['x.nii']);
    const folder = folderOf({
      'b/sub-3_T1w.nii': '',
      'a b.nii.gz': '',
      'list.txt': `# mine\nb/sub-3_T1w.nii\r\n\n${other}/x.nii\na b.nii.gz`,
    });
    expect(await told(join(folder, 'list.txt'), folder)).toEqual([
      'train sub-3 b/sub-3_T1w.nii',
      `train x ${relative(folder, other)}/x.nii`,
      'train a b a b.nii.gz',
    ]);
  });

  it('may have quotes around its paths, and be saved by an editor of Windows', async () => {
    const folder = folderOf(['a b.nii', 'c.nii']);
    const list = join(folder, 'list.txt');
    writeFileSync(list, Buffer.from('\uFEFF"a b.nii"\r\n# mine\r\nc.nii\r\n\r\n', 'utf16le'));
    expect(await told(list, folder)).toEqual(['train a b a b.nii', 'train c c.nii']);
    writeFileSync(list, Buffer.from('c.nii\n', 'utf16le'));
    await expect(trainingScans(list)).rejects.toThrow(
      `${list}: must be a scan, or a text file that names a scan a line, got UTF-16 without a byte order mark; save it as UTF-8, or choose another file`,
    );
  });

  it('says which line is wrong', async () => {
    const folder = folderOf({ 'a.nii': '', 'list.txt': '# mine\na.nii\n\nb.nii\n', 'empty.txt': '\n' });
    const list = join(folder, 'list.txt');
    await expect(trainingScans(list)).rejects.toThrow(
      `${list}, line 4: must name a scan, got no such file as b.nii`,
    );
    writeFileSync(list, 'a.nii\n.');
    await expect(trainingScans(list)).rejects.toThrow(
      `${list}, line 2: must name a scan, got the folder .; correct the line`,
    );
    await expect(trainingScans(join(folder, 'empty.txt'))).rejects.toThrow(
      'must name a scan a line, got none',
    );
  });
});

it('takes a scan that is named twice once, and says so', async () => {
  const folder = folderOf({ 'a.nii': '', 'b.nii': '', 'list.txt': 'a.nii\nb.nii\na.nii\n' });
  const said: string[] = [];
  const scans = await trainingScans(`${folder}/list.txt,${folder}/b.nii`, (text) => said.push(text));
  expect(scans.map(({ subject }) => subject)).toEqual(['a', 'b']);
  expect(said).toEqual([`${folder}/a.nii and 1 more: named more than once; taken once`]);
});

it('takes a data set that is listed again by a link once, and says so', async () => {
  const folder = folderOf(['sub-1_T1w.nii', 'sub-2_T1w.nii']);
  const link = join(root, 'linked');
  symlinkSync(folder, link);
  const said: string[] = [];
  const scans = await trainingScans(`${folder}:T1w,${link}:T1w`, (text) => said.push(text));
  expect(scans).toHaveLength(2);
  expect(said).toEqual([
    `${link}/sub-1_T1w.nii and 1 more: a link to a file that is named already; taken once`,
  ]);
});

it('tells how far it is in a long list', async () => {
  const folder = folderOf({ 'a.nii': '', 'list.txt': 'a.nii\n'.repeat(2500) });
  const shown: string[] = [];
  const list = join(folder, 'list.txt');
  await trainingScans(list, undefined, {}, (text) => shown.push(text));
  expect(shown).toEqual([`${list}: line 1000 of 2501`, `${list}: line 2000 of 2501`]);
});

describe('what no ending tells', () => {
  const head = new Uint8Array(400);
  new DataView(head.buffer).setInt32(0, 348, true);
  const put = (folder: string, name: string, bytes: Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };

  it('is a scan where it holds one, given by name or in a folder, and a list only where it is text', async () => {
    const folder = folderOf(['a (1).nii.gz', 'b.nii (1).gz', 'notes']);
    const scan = put(folder, 'noext', head);
    put(folder, 'packed', gzipSync(head));
    put(folder, 'old.nii.bak', head);
    expect(await told(scan, folder)).toEqual(['train noext noext']);
    expect((await trainingScans(folder)).map(({ path }) => basename(path))).toEqual([
      'a (1).nii.gz',
      'b.nii (1).gz',
      'noext',
      'packed',
    ]);
    const binary = put(folder, 'data.bin', Uint8Array.of(1, 0, 3, 10));
    await expect(trainingScans(binary)).rejects.toThrow(
      `${binary}: must be a scan, or a text file that names a scan a line, got bytes that are no text; save it as UTF-8, or choose another file`,
    );
  });

  it('is a list in UTF-16, too', async () => {
    const folder = folderOf(['ä_T1w.nii']);
    const text = Buffer.from('\uFEFFä_T1w.nii\r\n', 'utf16le');
    const lists = [put(folder, 'little.txt', text), put(folder, 'big.txt', Buffer.from(text).swap16())];
    for (const list of lists)
      expect((await told(list, folder)).map((line) => line.slice(-9))).toEqual(['ä_T1w.nii']);
  });
});

it('takes a comma for part of a name where the longer name is there', async () => {
  const folder = folderOf(['visit, first/sub-1_T1w.nii', 'b.nii', 'c,d/e.nii']);
  const names = ['visit, first/sub-1_T1w.nii', 'b.nii', 'c,d'].map((one) => join(folder, one));
  expect(await told(names.join(', '), folder)).toEqual([
    'train sub-1 visit, first/sub-1_T1w.nii',
    'train b b.nii',
    'train e c,d/e.nii',
  ]);
  expect(await told(`${join(folder, 'visit, first')}:T1w`, folder)).toEqual([
    'train sub-1 visit, first/sub-1_T1w.nii',
  ]);
});

it('takes several names', async () => {
  const [one, two] = [folderOf(BIDS), folderOf(['z.nii'])];
  const scans = await trainingScans(`${two}, ${one}:FLAIR,${one}/sub-02/anat/sub-02_T1w.nii`);
  expect(scans.map(({ subject }) => subject)).toEqual(['z', 'sub-02', 'sub-02']);
});

describe.skipIf(!hasData)('the shared data sets (need ../shared)', () => {
  const count = (scans: { split: string }[]) =>
    ['train', 'val', 'test'].map((split) => scans.filter((scan) => scan.split === split).length);

  it.each([
    ['tcga-lgg', 'T1w', 'FLAIR', [20, 8, 6]],
    ['brain-t1-t2-flair', 'T1w', 'T2w', [5, 1, 1]],
  ])('are found with their splits: %s', async (set, one, other, expected) => {
    const a = await trainingScans(`${join(DATA_DIR, set)}:${one}`);
    const b = await trainingScans(`${join(DATA_DIR, set)}:${other}`);
    expect(count(a)).toEqual(expected);
    expect(count(pairScans(a, b, ({ path }) => path).pairs.map((pair) => pair.a))).toEqual(expected);
  });
});

it('reads lists and tables of a length that somebody may have written', async () => {
  const folder = folderOf({
    'a.nii': '',
    'long.txt': 'a.nii\n'.repeat(20_000),
    'line.txt': 'x'.repeat(300_000),
  });
  expect(await trainingScans(join(folder, 'long.txt'))).toHaveLength(1);
  await expect(trainingScans(join(folder, 'line.txt'))).rejects.toThrow(
    /line 1: must name a scan, got no such file as x/,
  );
});
