/** Scans outside of a model's training on the command line: the statistics are made, kept on the card, and held against scans. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brainOnly, contrastHead, noise } from '../../test/inputScans';
import { makeNifti } from '../../test/makeNifti';
import { DATA_DIR, hasData } from '../../test/sharedData';
import { tinyCard, tinyConfig } from '../../test/tinyModel';
import { parseModelCard } from '../engine/cards/modelCard';
import { sha256 } from '../engine/formats/sha256';
import { hashWeights } from '../engine/hash';
import { inputWarnings } from '../engine/inputWarnings';
import { encodeWeights } from '../engine/models/convertWeights';
import { ncsnppTable } from '../engine/networks/ncsnpp/table';
import { prepareScan } from '../engine/prepareScan';
import { readScan } from '../platform/node/scans';
import type { Image3 } from '../volume/image';
import { runMain } from './runMain';

const folder = mkdtempSync(join(tmpdir(), 'syndiff-inputs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]) => join(folder, ...names);

function write(path: string, { shape, zooms, affine, voxels }: Image3): void {
  const sform = affine.slice(0, 3).map((row) => [...row]);
  const { file } = makeNifti({ dims: [...shape], values: voxels, pixdim: [1, ...zooms], sform });
  writeFileSync(path, new Uint8Array(file));
}

const run = (...argv: string[]) => runMain(argv);

const translate = (name: string) =>
  run(
    ...['translate', at(name), '--model', at('card.json'), '--output', at('out.nii.gz')],
    ...['--slices', '6:7', '--backend', 'wasm'],
  );

beforeAll(async () => {
  const config = tinyConfig(32);
  const weights = encodeWeights({ state: hashWeights(1, ncsnppTable(config)), config }, 'f32');
  writeFileSync(at('tiny.safetensors'), weights);
  const card = tinyCard(32);
  card.weights = { ...card.weights, sha256: await sha256(weights), bytes: weights.length };
  writeFileSync(at('card.json'), JSON.stringify(card));
  mkdirSync(at('bids'));
  const rows = ['participant_id\tsplit'];
  for (let subject = 0; subject < 9; subject++) {
    rows.push(`sub-${subject}\t${subject === 8 ? 'test' : 'train'}`);
    mkdirSync(at('bids', `sub-${subject}`));
    // The test subject would widen every range.
    const scan = subject === 8 ? noise() : contrastHead('T1w', subject);
    write(at('bids', `sub-${subject}`, `sub-${subject}_T1w.nii`), scan);
  }
  writeFileSync(at('bids', 'participants.tsv'), rows.join('\n'));
  write(at('head_T1w.nii'), contrastHead('T1w', 20));
  write(at('head_T2w.nii'), contrastHead('T2w', 20));
  write(at('brain_T1w.nii'), brainOnly('T1w', 20));
  write(at('static_T1w.nii'), noise());
  write(at('empty_T1w.nii'), { ...noise(), voxels: new Float32Array(noise().voxels.length) });
  const { code, stderr } = await run('weights', 'inputs', at('card.json'), '--data', `${at('bids')}:T1w`);
  expect(code, stderr).toBe(0);
}, 120_000);

describe('weights inputs', () => {
  it('keeps the statistics of the split on the card, and nothing else changes', () => {
    const card = parseModelCard(JSON.parse(readFileSync(at('card.json'), 'utf8')));
    expect(card.inputs).toMatchObject({ data: 'bids (8 scans), train split', scans: 8, withSkull: 1 });
    expect(card.inputs!.measures.smoothness.least).toBeGreaterThan(0.5);
    const { inputs: _, weights: __, ...others } = card;
    const { weights: ___, ...before } = tinyCard(32);
    expect(others).toEqual(before);
  });

  it('refuses a split without scans, and leaves the card', async () => {
    const before = readFileSync(at('card.json'), 'utf8');
    const argv = ['weights', 'inputs', at('card.json'), '--data', `${at('bids')}:T1w`, '--split', 'val'];
    expect(await run(...argv)).toEqual({
      code: 2,
      stdout: '',
      stderr: '--data: must have scans with a head in the val split, got none; name others\n',
    });
    expect(readFileSync(at('card.json'), 'utf8')).toBe(before);
  });
});

describe('translate', () => {
  const domain = /training|noise|skull|no head/;
  const cases: [string, RegExp][] = [
    ['head_T2w.nii', /^head_T2w\.nii: .*as in another contrast/m],
    ['brain_T1w.nii', /^brain_T1w\.nii: There is no skull about the brain/m],
    ['static_T1w.nii', /^static_T1w\.nii: .*as in noise/m],
  ];
  it.each(cases)('warns of %s in one sentence, and goes on', async (name, sentence) => {
    const { code, stderr } = await translate(name);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(sentence);
    expect(stderr.split('\n').filter((line) => domain.test(line))).toHaveLength(1);
  });

  it('has nothing to say of a head like those of the training', async () => {
    const { code, stderr } = await translate('head_T1w.nii');
    expect(code, stderr).toBe(0);
    expect(stderr).not.toMatch(domain);
  });

  it('refuses an empty volume', async () => {
    const { code, stdout, stderr } = await translate('empty_T1w.nii');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('empty_T1w.nii: must show a head, got 0 in every voxel; choose another file\n');
  });
});

describe.skipIf(!hasData)('shipped models (skipped where ../shared/data is absent)', () => {
  const card = (id: string) =>
    parseModelCard(
      JSON.parse(readFileSync(join(import.meta.dirname, '../../public/weights', id, 'card.json'), 'utf8')),
    );
  const faults = async (id: string, path: string) =>
    inputWarnings(prepareScan((await readScan(join(DATA_DIR, path))).image, card(id)), card(id)).map(
      ({ fault }) => fault,
    );
  const scan = (set: string, subject: string, contrast: string) =>
    `${set}/sub-${subject}/anat/sub-${subject}_${contrast}.nii.gz`;

  it.each(['t1w-to-flair', 't1w-to-t2w'])(
    '%s: no false alarm, and another contrast is told',
    async (id) => {
      expect(await faults(id, scan('openms-long', 'openmsl12s1', 'T1w'))).toEqual([]);
      expect(await faults(id, scan('brain-t1-t2-flair', 'openms07', 'T1w'))).toEqual([]);
      expect(await faults(id, scan('openms-long', 'openmsl12s1', 'T2w'))).toEqual(['contrast']);
      expect(await faults(id, scan('openms-long', 'openmsl12s1', 'FLAIR'))).toEqual(['contrast']);
      expect(await faults(id, scan('brain-t1-t2-flair', 'openms07', 'FLAIR'))).toEqual(['contrast']);
    },
    120_000,
  );
});
