/** A BIDS data set of small phantom heads, and models of them, for tests of the command line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelCard } from '../src/engine/cards/modelCard';
import { sha256 } from '../src/engine/formats/sha256';
import { hashWeights } from '../src/engine/hash';
import { methodOf } from '../src/engine/methods';
import { encodeWeights } from '../src/engine/models/convertWeights';
import { ncsnppTable } from '../src/engine/networks/ncsnpp/table';
import { uniformSource } from '../src/engine/random';
import type { Affine } from '../src/volume/image';
import { phantomAnatomy, phantomVolume } from '../src/volume/phantom';
import { makeNifti } from './makeNifti';
import { tinyCard, tinyConfig } from './tinyModel';

export const SET_SHAPE = [30, 34, 5] as const;
export const SET_CONTRASTS = ['T1w', 'FLAIR'];

/** sform of all scans of a set. */
export function sformOf(affine: Affine): number[][] {
  return affine.slice(0, 3).map((row) => [...row]);
}

/** Writes scans of both contrasts of each subject, and the table of their splits. Returns the scans' affine. */
export function writePhantomSet(folder: string, splits: Record<string, string>): Affine {
  const rows = Object.entries(splits).map((row) => row.join('\t'));
  mkdirSync(folder);
  writeFileSync(join(folder, 'participants.tsv'), `participant_id\tsplit\n${rows.join('\n')}\n`);
  let made: Affine | undefined;
  Object.keys(splits).forEach((subject, n) => {
    const draws = (step: number) =>
      uniformSource({ seed: 5, sample: 0, slice: n, step, stream: 'noise' as const });
    const anatomy = phantomAnatomy(draws(0), { shape: [...SET_SHAPE], zooms: [7, 7, 12] });
    mkdirSync(join(folder, subject, 'anat'), { recursive: true });
    SET_CONTRASTS.forEach((contrast, m) => {
      const name = `phantom-${subject}`;
      const { affine, voxels } = phantomVolume(anatomy, contrast, { name, uniform: draws(1 + m) }).image;
      made = affine;
      const { file } = makeNifti({ dims: [...SET_SHAPE], values: voxels, sform: sformOf(affine) });
      writeFileSync(join(folder, subject, 'anat', `${subject}_${contrast}.nii`), new Uint8Array(file));
    });
  });
  return made!;
}

/** Its network runs an iteration in a fraction of a second. */
export const SET_CARD: ModelCard = {
  ...tinyCard(32),
  preprocessing: { ...tinyCard(32).preprocessing, intensity: 'foreground-p99.5' },
  diffusion: { steps: 2, betaMin: 0.1, betaMax: 20, schedule: 'vp' },
  limits: [],
};

/** Writes NAME.safetensors and its card NAME.json. */
export async function writeModel(
  folder: string,
  name: string,
  network: ModelCard['network'],
  bytes: Uint8Array,
): Promise<void> {
  writeFileSync(join(folder, `${name}.safetensors`), bytes);
  const facts = { file: `${name}.safetensors`, sha256: await sha256(bytes), bytes: bytes.length };
  const weights = { ...SET_CARD.weights, ...facts };
  const usual = methodOf(network).diffusion({});
  const diffusion = usual.steps === 1 ? usual : SET_CARD.diffusion;
  const card: ModelCard = { ...SET_CARD, id: name, network, weights, diffusion };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(card));
}

/** Writes tiny.json, the card of a model of hashed weights. */
export async function writeTinyModel(folder: string): Promise<void> {
  const config = tinyConfig(32);
  const state = hashWeights(1, ncsnppTable(config));
  await writeModel(folder, 'tiny', { method: 'syndiff', ...config }, encodeWeights({ state, config }, 'f32'));
}
