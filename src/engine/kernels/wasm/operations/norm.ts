/** Norms with scale, shift and activation, and their gradients (assembly/groupNorm.ts), for images [b, h, w, c] of any size. */
import * as tf from '../../../tf';
import type { Kernels } from '../kernels';
import { type Attributes, type Infos, type Operation, operation, outputOf } from './operation';

/** What comes behind a norm: SiLU, or u where positive and `slope` u elsewhere. */
export type Activation = 'none' | 'relu' | 'silu' | { slope: number };

export interface NormAttributes {
  groups: number;
  epsilon: number;
  activation: Activation;
  /** The unbiased std plus epsilon divides, as in MUNIT's layer norm. */
  isLayer?: boolean;
}

export const slopeOf = (activation: Activation): number =>
  typeof activation === 'object' ? activation.slope : activation === 'relu' ? 0 : 1;

/** Addresses of scale and shift, and how many bytes further those of the next image lie: 0 where all have the same. */
function coefficients(kernels: Kernels, { x, style, scale, shift }: Infos): [number, number, number] {
  const [batch, , , c] = x.shape;
  if (style) {
    const address = kernels.addressOf(style);
    return [address, address + 4 * c, 8 * c];
  }
  if (!scale) return [0, 0, 0];
  const isShared = batch === 1 || sizeOf(scale) === c;
  return [kernels.addressOf(scale), kernels.addressOf(shift), isShared ? 0 : 4 * c];
}

const sizeOf = ({ shape }: tf.TensorInfo): number => tf.util.sizeFromShape(shape);

function forward(kernels: Kernels, inputs: Infos, attributes: Attributes): tf.TensorInfo[] {
  const { groups, epsilon, activation, isLayer = false } = attributes as unknown as NormAttributes;
  const { x } = inputs;
  const [b, h, w, c] = x.shape;
  const [out, stats] = [outputOf(kernels, x.shape), outputOf(kernels, [b, 4, c])];
  const work = kernels.workspace(20 * c);
  kernels.run.groupNorm(
    ...[kernels.addressOf(x), b, h * w, c, groups, epsilon, Number(isLayer)],
    ...[...coefficients(kernels, inputs), Number(activation === 'silu'), slopeOf(activation)],
    ...[kernels.addressOf(out), kernels.addressOf(stats), work],
  );
  return [out, stats];
}

/** dx, then the gradients of what else the norm was given, in its order. */
function backward(kernels: Kernels, inputs: Infos, attributes: Attributes): tf.TensorInfo[] {
  const { groups, activation } = attributes as unknown as NormAttributes;
  const { x, dy, stats, style, scale, shift } = inputs;
  const [b, h, w, c] = x.shape;
  const given = style ? [style] : scale ? [scale, shift] : [];
  const slopes = given.map(({ shape }) => outputOf(kernels, shape));
  const dx = outputOf(kernels, x.shape);
  const work = kernels.workspace(28 * c);
  for (const slope of slopes) kernels.floats(kernels.addressOf(slope), sizeOf(slope)).fill(0);
  const [first, second] = slopes.map((slope) => kernels.addressOf(slope));
  const [dscale, dshift] = style ? [first, first + 4 * c] : [first ?? 0, second ?? 0];
  kernels.run.groupNormBack(
    ...[kernels.addressOf(x), kernels.addressOf(dy), b, h * w, c, groups],
    ...[...coefficients(kernels, inputs), Number(activation === 'silu'), slopeOf(activation)],
    ...[kernels.addressOf(stats), kernels.addressOf(dx), dscale, dshift, work],
  );
  return [dx, ...slopes];
}

const back = /* @__PURE__ */ operation({ name: 'OwnNormBack', run: backward });

/** A norm of x and what these are the names of. */
function norm(name: string, others: string[]) {
  const inputs = ['x', ...others];
  const of: NonNullable<Operation['gradient']>['of'] = (dy, saved, attributes) => {
    const given = Object.fromEntries(inputs.map((input, i) => [input, saved[i]]));
    const all = back.all({ ...given, dy, stats: saved[inputs.length] }, attributes);
    return Object.fromEntries(inputs.map((input, i) => [input, () => all[i]]));
  };
  const { run } = operation({ name, run: forward, gradient: { inputs, outputs: [false, true], of } });
  return (tensors: Record<string, tf.Tensor>, attributes: NormAttributes): tf.Tensor4D =>
    tf.tidy(() => run(tensors, { ...attributes }));
}

/** Without scale and shift: of { x }. */
export const ownNorm = /* @__PURE__ */ norm('OwnNorm', []);
/** { x, scale, shift }, of c numbers, or of c for each image. */
export const ownAffineNorm = /* @__PURE__ */ norm('OwnAffineNorm', ['scale', 'shift']);
/** { x, style }: scale, then shift of each image, [b, 2 c]. */
export const ownStyleNorm = /* @__PURE__ */ norm('OwnStyleNorm', ['style']);
