/** The smallest MUNIT model, with and without the style encoder, and its card. */
import type { ModelCard } from '../src/engine/cards/modelCard';
import { ONE_PASS } from '../src/engine/diffusion/schedule';
import { hashWeights } from '../src/engine/hash';
import { METHODS } from '../src/engine/methods';
import type { MunitNetwork } from '../src/engine/methods/munit/method';
import { tinyCard } from './tinyModel';

const PLAIN: MunitNetwork = { method: 'munit', dim: 4, style_dim: 8, mlp_dim: 16 };
export const WITH_ENCODER: MunitNetwork = { ...PLAIN, style_encoder: true };
/** As models were exported before. */
export const WITHOUT_ENCODER = PLAIN;

export const munitState = (network: MunitNetwork) => hashWeights(3, METHODS.munit.table(network));

/** Name, hash and size of the weights are the test's. */
export const munitCard = (network: MunitNetwork): ModelCard => ({
  ...tinyCard(16),
  network,
  diffusion: ONE_PASS,
});
