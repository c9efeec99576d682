import {
  type DecoderWeights,
  type EncoderWeights,
  runDecoder,
  runEncoder,
} from '../../networks/contentAutoencoder/run';
import * as tf from '../../tf';
import { onePassTranslator } from '../onePass';
import type { UnitNetwork } from './method';

/** The code without noise. */
export const makeTranslator = onePassTranslator<UnitNetwork, EncoderWeights & DecoderWeights>(
  (weights, source) => tf.tidy(() => runDecoder(weights, runEncoder(weights, source))),
);
