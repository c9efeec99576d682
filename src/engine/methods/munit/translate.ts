import { type DecoderWeights, type EncoderWeights, runEncoder } from '../../networks/contentAutoencoder/run';
import { decodeWithStyle, type StyleNetworkWeights } from '../../networks/contentAutoencoder/style';
import * as tf from '../../tf';
import { onePassTranslator } from '../onePass';
import type { MunitNetwork } from './method';

/** A style for each sample, the same for all slices where their noise is shared. */
export const makeTranslator = onePassTranslator<
  MunitNetwork,
  EncoderWeights & DecoderWeights & StyleNetworkWeights
>(
  (weights, source, { style_dim }, draws) =>
    tf.tidy(() => {
      const style = tf.tensor2d(draws.latent(0, style_dim), [source.shape[0], style_dim]);
      return decodeWithStyle(weights, runEncoder(weights, source), style);
    }),
  { random: true },
);
