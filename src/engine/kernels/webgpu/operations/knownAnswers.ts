/**
 * What each operation must give on small fixed inputs, by the plain operations of the cpu backend: some GPUs and drivers compute silently
 * wrong numbers. Two sums of every output, weighted by fixed normal numbers, so that no number of it goes unseen.
 */
import { leakyRelu } from '../../../autodiff/leakyRelu';
import { vjp } from '../../../autodiff/vjp';
import { hashNormals } from '../../../hash';
import {
  adaptiveGroupNorm,
  addToChannels,
  conv2d,
  dense,
  groupNorm,
  instanceNorm,
  rescaledSum,
  silu,
} from '../../../networks/layers';
import { reflectPad } from '../../../networks/reflectPad';
import { firDown, firSmooth, firUp } from '../../../networks/resample';
import type { ParameterTable } from '../../../networks/table';
import * as tf from '../../../tf';
import { startAdam, updateByAdam } from '../../../training/adam';
import { parametersOf, type TrainedNetwork, updateAverage } from '../../../training/networks';
import type { GpuOperation } from '../../own';

/** Relative to the norm of an output; a single wrong number among a few thousand makes 1e-2. */
export const KNOWN_TOLERANCE = 1e-4;

const fixed = <T extends tf.Tensor>(seed: number, shape: number[]): T =>
  tf.tensor(hashNormals(seed, tf.util.sizeFromShape(shape)), shape) as T;

/** The value, then the gradient of each input. */
function valueAndGradients(run: (...xs: tf.Tensor[]) => tf.Tensor, shapes: number[][]): tf.Tensor[] {
  const xs = shapes.map((shape, i) => fixed(10 + i, shape));
  const { value, pullback } = vjp(() => run(...xs), xs);
  return [value, ...pullback(fixed(20, value.shape))];
}

const runKernel = (name: string, inputs: tf.NamedTensorMap, attributes: object) =>
  tf.engine().runKernel(name, inputs, {
    ...{ dataFormat: 'NHWC', dimRoundingMode: undefined },
    ...attributes,
  } as unknown as tf.NamedAttrMap) as tf.Tensor;

/** A convolution's, without the convolution. */
export function weightGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: number[],
  strides: number,
  pad: number,
): tf.Tensor {
  return runKernel('Conv2DBackpropFilter', { x, dy }, { filterShape, strides, pad });
}

/** A convolution's, without the convolution; with a stride also a transposed convolution. */
export function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  inputShape: number[],
  strides: number,
  pad: number,
): tf.Tensor {
  return runKernel('Conv2DBackpropInput', { dy, filter }, { inputShape, strides, pad });
}

/** More than a device updates at once. */
const TABLE: ParameterTable = [[37, 5], [70], [1], [3, 3, 5, 7], [64], [9]].map((shape, i) => ({
  ...{ path: `weight${i}`, name: `weight${i}`, kind: 'asIs', start: 'zero' },
  shape,
}));
const fixedOfAll = (seed: number) => TABLE.map(({ shape }, i) => fixed(seed + i, [...shape]));

const IMAGE = [2, 13, 11, 12];

const RUNS: Record<GpuOperation, () => tf.Tensor[]> = {
  norm: () => [
    ...valueAndGradients(
      (x, z, weight, bias) =>
        adaptiveGroupNorm(
          { style: { weight: weight as tf.Tensor2D, bias: bias as tf.Tensor1D } },
          x as tf.Tensor4D,
          z as tf.Tensor2D,
          'silu',
        ),
      [IMAGE, [2, 3], [3, 24], [24]],
    ),
    ...valueAndGradients(
      (x, weight, bias) =>
        groupNorm({ weight: weight as tf.Tensor1D, bias: bias as tf.Tensor1D }, x as tf.Tensor4D, 4, 1e-6, {
          slope: 0.2,
        }),
      [IMAGE, [12], [12]],
    ),
    ...valueAndGradients((x) => instanceNorm(x as tf.Tensor4D), [IMAGE]),
  ],
  filterGradient: () => [
    weightGradient(fixed(1, [2, 17, 9, 5]), fixed(20, [2, 17, 9, 37]), [3, 3, 5, 37], 1, 1),
    weightGradient(fixed(1, [2, 17, 9, 5]), fixed(20, [2, 8, 4, 37]), [4, 4, 5, 37], 2, 1),
  ],
  dataGradient: () => [
    inputGradient(fixed(20, [2, 17, 9, 37]), fixed(1, [3, 3, 5, 37]), [2, 17, 9, 5], 1, 1),
    inputGradient(fixed(20, [2, 8, 4, 5]), fixed(1, [4, 4, 37, 5]), [2, 17, 9, 37], 2, 1),
  ],
  fir: () =>
    [firUp, firDown, firSmooth].flatMap((run) =>
      valueAndGradients((x) => run(x as tf.Tensor4D), [[2, 6, 10, 3]]),
    ),
  dense: () =>
    [2, 40].flatMap((rows) =>
      valueAndGradients(
        (x, weight, bias) =>
          dense({ weight: weight as tf.Tensor2D, bias: bias as tf.Tensor1D }, x as tf.Tensor2D),
        [[rows, 37], [37, 21], [21]],
      ),
    ),
  reflect: () => valueAndGradients((x) => reflectPad(x as tf.Tensor4D, 3), [[2, 5, 7, 3]]),
  pointwise: () => [
    ...valueAndGradients((x, y) => silu(rescaledSum(x as tf.Tensor4D, y as tf.Tensor4D)), [IMAGE, IMAGE]),
    ...valueAndGradients((x) => leakyRelu(x, 0.2), [IMAGE]),
  ],
  channels: () => [
    ...valueAndGradients(
      (x, bias) => addToChannels(x as tf.Tensor4D, bias as tf.Tensor4D),
      [IMAGE, [2, 1, 1, 12]],
    ),
    ...valueAndGradients(
      (x, weight, bias) =>
        conv2d({ weight: weight as tf.Tensor4D, bias: bias as tf.Tensor1D }, x as tf.Tensor4D),
      [IMAGE, [1, 1, 12, 5], [5]],
    ),
  ],
  updates: () => {
    const tree = Object.fromEntries(fixedOfAll(1).map((tensor, i) => [TABLE[i].path, tensor]));
    const state = startAdam(TABLE, tree);
    for (let i = 0; i < 2; i++) updateByAdam(TABLE, tree, state, fixedOfAll(20 + 10 * i), 1e-2, 0.1);
    const network = { spec: { table: TABLE }, tree, ema: fixedOfAll(50) } as unknown as TrainedNetwork;
    updateAverage(network, 0.9);
    return [...parametersOf(network), ...state.mean, ...state.square, ...network.ema!];
  },
};

type Make = (make: () => tf.Tensor[]) => Promise<tf.Tensor[]>;

/** Of each output the two sums, and its norm. @param make runs it, and may look whether the device has taken it */
export async function sumsOf(
  operation: GpuOperation,
  make: Make = async (run) => run(),
): Promise<{ sums: number[]; norms: number[] }> {
  const outputs = await make(() => tf.tidy(RUNS[operation]));
  try {
    const values = await Promise.all(outputs.map((output) => output.data<'float32'>()));
    const product = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Array.from(a).reduce((sum, v, i) => sum + v * b[i], 0);
    return {
      sums: values.flatMap((v) => [30, 31].map((seed) => product(v, hashNormals(seed, v.length)))),
      norms: values.map((v) => Math.sqrt(product(v, v))),
    };
  } finally {
    tf.dispose(outputs);
  }
}

/** Largest difference from what is known, as a part of the output's norm; NaN where a number is none. */
export async function errorOf(operation: GpuOperation, make?: Make): Promise<number> {
  const { sums, norms } = await sumsOf(operation, make);
  const errors = sums.map((sum, i) => Math.abs(sum - KNOWN[operation][i]) / norms[i >> 1]);
  return errors.length === KNOWN[operation].length ? Math.max(...errors) : Number.NaN;
}

const KNOWN: Record<GpuOperation, readonly number[]> = {
  norm: [
    -41.89635, 73.868275, -27.626433, -89.867696, 71.336508, 10.200294, 140.12332, -72.950577, -29.269121,
    31.469727, 64.450288, -17.782315, -15.998176, -16.821648, -1.9909408, -9.7701586, 30.227304, -20.644877,
    -1.7552661, -96.845335, -28.426604, -16.525758,
  ],
  fir: [
    -6.6901194, -39.372841, 23.944469, 40.759679, 0.7336357, 2.188816, 0.0046300459, 2.5413967, 7.9394386,
    -10.735534, 6.4125397, 4.4028183,
  ],
  filterGradient: [558.1659, 155.85757, -445.3721, 556.8565],
  dataGradient: [725.44856, 652.83967, -301.36208, -88.63044],
  dense: [
    -17.286133, -27.028156, -31.014267, -51.313146, 62.971916, -31.280081, 9.4770195, 1.1502953, -233.92653,
    -334.09094, 20.981677, -53.781189, 289.31032, -515.66874, 20.016292, 60.307511,
  ],
  reflect: [11.950347, -4.6922055, 7.6194705, 3.7410863],
  pointwise: [
    -15.197621, -39.356517, -7.4114551, -27.382935, -7.4114551, -27.382935, 5.8331742, -43.856455, -32.578142,
    -37.477816,
  ],
  channels: [
    -23.086463, -125.17052, -27.119651, -32.045575, 102.57817, -33.187192, 64.184197, -64.16599, 113.62005,
    -50.118967, 93.105273, 24.639842, -49.162762, -52.784722,
  ],
  updates: [
    -5.1411668, 8.4317063, 6.6618328, -12.117628, 0.001226675, 0.00056092753, 13.488894, -3.6423194,
    3.3735692, 8.2495223, -6.0767299, -6.1841636, 91.584331, 15.481334, 3.2712133, 29.042086, -0.0043460908,
    -0.0019873576, 3.6164759, -12.359668, 3.9027089, 3.1334332, 0.90461274, 1.5085373, 1.5118732, 2.6348341,
    -0.34099027, -3.8413219, -0.00038164401, -0.00017451618, 8.6462683, 2.6221166, 0.22037088, 0.86957825,
    0.12478, -0.20281039, -13.975137, 14.245722, -12.973005, 8.1604105, -0.012638598, -0.0057793119,
    -9.0918569, 32.55999, -1.0125885, -6.4580186, -1.7377516, -0.65586704,
  ],
};
