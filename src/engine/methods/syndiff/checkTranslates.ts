import { WeightsMismatch } from '../../../errors';
import type { SynDiffNetwork } from './method';

/**
 * @throws WeightsMismatch for a network of more than two channels, and for a Fourier time embedding, which takes the
 * logarithm of the step and so has no value at step 0 (the authors' code gives NaN there)
 */
export function checkTranslates(network: SynDiffNetwork): void {
  if (network.embedding_type === 'fourier') {
    throw new WeightsMismatch(
      'generator: a Fourier time embedding has no value at step 0, so this network cannot translate; use weights with the positional embedding',
    );
  }
  if (network.num_channels > 2) {
    throw new WeightsMismatch(
      `generator: must take 2 channels, noisy target and source, got ${network.num_channels}; use weights of one source contrast`,
    );
  }
}
