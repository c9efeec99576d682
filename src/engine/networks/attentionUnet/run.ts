/**
 * A U-Net whose skips pass through attention gates (Oktay et al. 2018), with instance norm in place of batch norm, none in the gates,
 * and a tanh at the end (BASELINES.md section 4).
 */
import * as tf from '../../tf';
import { conv2d, instanceNorm, maxPool2 } from '../layers';
import type { Conv } from '../parameters';
import { naiveUp } from '../resample';

type TwoConvs = { conv0: Conv; conv1: Conv };
export type AttentionGate = { below: Conv; skip: Conv; map: Conv };

export type AttentionUnetWeights = {
  /** From the top level down. */
  down: TwoConvs[];
  /** By level; the lowest has none. */
  up: (TwoConvs & { below: Conv; gate: AttentionGate })[];
  output: Conv;
};

/**
 * [b, h, w, 1] in [-1, 1] -> the same; h and w multiples of 16.
 * @param onGate sees the gates' maps, from the lowest level up; they are freed after it unless kept
 */
export function runAttentionUnet(
  weights: AttentionUnetWeights,
  x: tf.Tensor4D,
  onGate: (map: tf.Tensor4D) => void = () => undefined,
): tf.Tensor4D {
  return tf.tidy(() => {
    const skips: tf.Tensor4D[] = [];
    let h = x;
    for (const [level, convs] of weights.down.entries()) {
      h = twoConvs(convs, level === 0 ? h : maxPool2(h));
      skips.push(h);
    }
    for (let level = weights.up.length - 1; level >= 0; level--) {
      const { below, gate, ...convs } = weights.up[level];
      const up = normRelu(conv2d(below, naiveUp(h)));
      const map = gateMap(gate, skips[level], up);
      onGate(map);
      const seen = tf.mul(skips[level], map) as tf.Tensor4D;
      h = twoConvs(convs, tf.concat([seen, up], 3));
    }
    return tf.tanh(conv2d(weights.output, h));
  });
}

/** How much of each position of a skip is let through, [b, h, w, 1], 0..1: sigmoid(psi(relu(Wx x + Wg g))). */
export function gateMap({ below, skip, map }: AttentionGate, x: tf.Tensor4D, g: tf.Tensor4D): tf.Tensor4D {
  return tf.sigmoid(conv2d(map, tf.relu(tf.add(conv2d(below, g), conv2d(skip, x)))));
}

function twoConvs({ conv0, conv1 }: TwoConvs, x: tf.Tensor4D): tf.Tensor4D {
  return normRelu(conv2d(conv1, normRelu(conv2d(conv0, x))));
}

function normRelu(x: tf.Tensor4D): tf.Tensor4D {
  return instanceNorm(x, 'relu');
}
