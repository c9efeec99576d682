import { type DecoderWeights, type EncoderWeights, runEncoder } from '../../networks/contentAutoencoder/run';
import {
  decodeWithStyle,
  runStyleEncoder,
  type StyleEncoderWeights,
  type StyleNetworkWeights,
} from '../../networks/contentAutoencoder/style';
import * as tf from '../../tf';
import { onePassTranslator } from '../onePass';
import type { MakeTranslator } from '../translator';
import type { MunitNetwork } from './method';

type Weights = EncoderWeights & DecoderWeights & StyleNetworkWeights;

/** A style for each sample, the same for all slices where their noise is shared. */
const onePass = onePassTranslator<MunitNetwork, Weights>(
  (weights, source, { style_dim }, draws) =>
    tf.tidy(() => {
      const style = tf.tensor2d(draws.latent(0, style_dim), [source.shape[0], style_dim]);
      return decodeWithStyle(weights, runEncoder(weights, source), style);
    }),
  { random: true },
);

export const makeTranslator: MakeTranslator<MunitNetwork, Weights & Partial<StyleEncoderWeights>> = (
  network,
  diffusion,
  weights,
  made,
) => {
  const { style } = weights;
  return {
    ...onePass(network, diffusion, weights, made),
    ...(style && { style: (images: tf.Tensor4D) => runStyleEncoder({ style }, images) }),
  };
};
