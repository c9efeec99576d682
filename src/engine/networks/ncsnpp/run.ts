/**
 * The diffusive generator G: a conditional NCSN++ U-Net with adaptive group norm (paper section III-B; SYNDIFF.md section 3).
 * It takes the noisy target and the source as channels and gives its estimate of the clean target as the first channel.
 */
import { recomputed } from '../../autodiff/recompute';
import { freeing, isRecording } from '../../autodiff/vjp';
import type { Denoiser } from '../../diffusion/sampler';
import type { StateDict } from '../../formats/namedTensor';
import * as tf from '../../tf';
import {
  type AdaptiveGroupNorm,
  type Attention,
  adaptiveGroupNorm,
  addToChannels,
  affineGroupNorm,
  attention,
  conv2d,
  dense,
  fourierEmbedding,
  pixelNorm,
  rescaledSum,
  silu,
  timestepEmbedding,
} from '../layers';
import { type Affine, type Conv, type Dense, disposeTree, loadTree, tensorsOf } from '../parameters';
import { firDown, firSmooth, firUp, naiveDown, naiveUp } from '../resample';
import type { ParameterTable } from '../table';
import type { GeneratorConfig } from './config';
import { ncsnppTable } from './table';

export type ResidualBlock = {
  norm0: AdaptiveGroupNorm;
  conv0: Conv;
  time: Dense;
  /** Plain group norm in one-AdaGN blocks. */
  norm1: AdaptiveGroupNorm | Affine;
  conv1: Conv;
  skip?: Conv;
};

export type NcsnppWeights = {
  /** Fixed Fourier frequencies; only with embedding_type 'fourier'. */
  fourier?: tf.Tensor1D;
  time: [Dense, Dense];
  style: Dense[];
  input: Conv;
  down: {
    blocks: { residual: ResidualBlock; attention?: Attention }[];
    resample?: ResidualBlock;
    pyramid?: Conv;
  }[];
  middle: { before: ResidualBlock; attention: Attention; after: ResidualBlock };
  /** Index = level, so up[0] is full size and runs last. */
  up: {
    blocks: ResidualBlock[];
    attention?: Attention;
    output?: { norm: Affine; conv: Conv };
    resample?: ResidualBlock;
  }[];
  head?: { norm: Affine; conv: Conv };
};

export interface Generator {
  config: GeneratorConfig;
  weights: NcsnppWeights;
  /** Host copy of the Fourier frequencies: embeddings are made on the CPU. */
  fourierFrequencies: Float32Array | null;
  /** Training keeps the inputs of residual blocks and of attention only and runs them again in the backward pass. */
  recompute?: boolean;
}

/** @throws WeightsMismatch if names or shapes are not those of `config`. */
export function loadGenerator(
  config: GeneratorConfig,
  state: StateDict,
): Generator & { table: ParameterTable } {
  const table = ncsnppTable(config);
  return {
    config,
    table,
    weights: loadTree<NcsnppWeights>(table, state),
    fourierFrequencies: config.embedding_type === 'fourier' ? state.get('all_modules.0.W')!.data : null,
  };
}

export function disposeGenerator({ table, weights }: ReturnType<typeof loadGenerator>): void {
  disposeTree(table, weights);
}

type Resample = 'up' | 'down' | null;

/** "BigGAN" residual block: both branches are resampled between the first activation and the first convolution. */
export function residualBlock(
  block: ResidualBlock,
  x: tf.Tensor4D,
  time: tf.Tensor2D, // [b, 4 nf], before its activation
  z: tf.Tensor2D, // [b, z_emb_dim]
  resample: Resample,
  fir: boolean,
): tf.Tensor4D {
  return tf.tidy(() => {
    const resampled = (v: tf.Tensor4D) =>
      resample === 'up'
        ? fir
          ? firUp(v)
          : naiveUp(v)
        : resample === 'down'
          ? fir
            ? firDown(v)
            : naiveDown(v)
          : v;
    const timeBias = dense(block.time, silu(time));
    const inside = freeing(() => {
      const h = freeing(() => resampled(adaptiveGroupNorm(block.norm0, x, z, 'silu')));
      return addToChannels(
        conv2d(block.conv0, h),
        tf.reshape(timeBias, [timeBias.shape[0], 1, 1, timeBias.shape[1]]),
      );
    });
    const made = freeing(() =>
      conv2d(
        block.conv1,
        'style' in block.norm1
          ? adaptiveGroupNorm(block.norm1, inside, z, 'silu')
          : affineGroupNorm(block.norm1, inside, 'silu'),
      ),
    );
    const skip = resampled(x);
    return rescaledSum(block.skip ? conv2d(block.skip, skip) : skip, made);
  });
}

/** The network's input brought to the next level: filter and stride-2 convolution. */
export function pyramidDown(conv: Conv, x: tf.Tensor4D, fir: boolean): tf.Tensor4D {
  return tf.tidy(() => {
    if (fir) return conv2d(conv, firSmooth(x), 2, 0);
    const padded = tf.pad(x, [
      [0, 0],
      [0, 1],
      [0, 1],
      [0, 0],
    ]);
    return conv2d(conv, padded as tf.Tensor4D, 2, 0);
  });
}

/**
 * @param x noisy target and source, [b, h, w, 2], [-1, 1]; h and w multiples of 2^(levels-1)
 * @param t time index of each batch entry, 0..n-1 (Fourier embedding: > 0)
 * @param z latents [b, nz], N(0, 1)
 * @returns [b, h, w, 2]; the first channel is the estimate of x0
 */
export function runGenerator(
  generator: Generator,
  x: tf.Tensor4D,
  t: readonly number[],
  z: tf.Tensor2D,
): tf.Tensor4D {
  const { config, weights } = generator;
  return tf.tidy(() => {
    const style = weights.style.reduce((h, layer) => silu(dense(layer, h)), pixelNorm(z));
    const embedding = generator.fourierFrequencies
      ? fourierEmbedding(t, generator.fourierFrequencies)
      : timestepEmbedding(t, config.num_channels_dae);
    const time = dense(weights.time[1], silu(dense(weights.time[0], embedding)));
    const block = (b: ResidualBlock, v: tf.Tensor4D, resample: Resample = null) => {
      const run = (u: tf.Tensor4D, timeOfBlock: tf.Tensor2D, styleOfBlock: tf.Tensor2D) =>
        residualBlock(b, u, timeOfBlock, styleOfBlock, resample, config.fir);
      return generator.recompute ? recomputed(run, [v, time, style], tensorsOf(b)) : run(v, time, style);
    };
    const attend = (a: Attention, v: tf.Tensor4D) => {
      const run = (u: tf.Tensor4D) => attention(a, u);
      return generator.recompute ? recomputed(run, [v], tensorsOf(a)) : run(v);
    };

    // Encoder.
    const input = config.centered ? x : (tf.sub(tf.mul(x, 2), 1) as tf.Tensor4D);
    let pyramid = input;
    let h = conv2d(weights.input, input);
    const kept = [h];
    for (const level of weights.down) {
      for (const { residual, attention: attentive } of level.blocks) {
        h = block(residual, h);
        if (attentive) h = attend(attentive, h);
        kept.push(h);
      }
      if (!level.resample) break;
      h = block(level.resample, h, 'down');
      if (level.pyramid) h = pyramid = rescaledSum(pyramidDown(level.pyramid, pyramid, config.fir), h);
      kept.push(h);
    }

    // Middle.
    h = block(weights.middle.before, h);
    h = attend(weights.middle.attention, h);
    h = block(weights.middle.after, h);

    // Decoder.
    let output: tf.Tensor4D | null = null;
    for (const level of [...weights.up].reverse()) {
      for (const b of level.blocks) {
        const [before, beside] = [h, kept.pop()!];
        h = tf.tidy(() => block(b, tf.concat([before, beside], 3)));
        // Wanted by nobody any more, unless by the gradient.
        if (!isRecording()) tf.dispose([before, beside]);
      }
      if (level.attention) h = attend(level.attention, h);
      if (level.output) {
        const step = conv2d(level.output.conv, affineGroupNorm(level.output.norm, h, 'silu'));
        output = output ? tf.add(config.fir ? firUp(output) : naiveUp(output), step) : step;
      }
      if (level.resample) h = block(level.resample, h, 'up');
    }

    // Head.
    if (weights.head) output = conv2d(weights.head.conv, affineGroupNorm(weights.head.norm, h, 'silu'));
    return config.not_use_tanh ? output! : tf.tanh(output!);
  });
}

/** G as the sampler takes it: x0~ = G([x, source], t, z), first channel; of one channel G(x, t, z), whatever the source. */
export const denoiserOf =
  (generator: Generator): Denoiser<tf.Tensor4D> =>
  (x, source, t, z) =>
    tf.tidy(() => {
      const input = generator.config.num_channels === 1 ? x : tf.concat([x, source], 3);
      return tf.slice(runGenerator(generator, input, t, z), [0, 0, 0, 0], source.shape);
    });
