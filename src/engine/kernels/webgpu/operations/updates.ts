/** Adam's update and moving averages, a parameter in one pass each (wasm/updates.ts). What is given stays. */
import * as tf from '../../../tf';
import type { AdamNumbers, After, Before } from '../../wasm/updates';
import { dispatch, eachNumber, outputOf, workgroupsFor } from '../dispatch';

const adam = eachNumber('Adam', {
  whole: [],
  real: ['beta1', 'rest1', 'beta2', 'rest2', 'root', 'epsilon', 'step', 'decay'],
  reads: ['parameter', 'mean', 'square', 'gradient'],
  writes: ['newParameter', 'newMean', 'newSquare'],
  body: `  let p = parameter[i];
  let g = gradient[i] + s.decay * p;
  let m = s.beta1 * mean[i] + s.rest1 * g;
  let v = s.beta2 * square[i] + s.rest2 * g * g;
  newMean[i] = m;
  newSquare[i] = v;
  newParameter[i] = p - s.step * (m / (sqrt(v) * s.root + s.epsilon));`,
});

export function adamUpdate(all: readonly Before[], numbers: AdamNumbers): After[] {
  const { betas, root, epsilon, step, decay } = numbers;
  const [beta1, beta2] = betas;
  const real = [beta1, 1 - beta1, beta2, 1 - beta2, root, epsilon, step, decay];
  return all.map((before) => {
    const { shape, size } = before[0];
    const writes = [0, 1, 2].map(() => outputOf(shape));
    dispatch(adam, { whole: [size], real, reads: before, writes, workgroups: workgroupsFor(size) });
    return writes.map(tensorOf) as After;
  });
}

const average = eachNumber('average', {
  whole: [],
  real: ['decay', 'rest'],
  reads: ['average', 'parameter'],
  writes: ['out'],
  body: '  out[i] = s.decay * average[i] + s.rest * parameter[i];',
});

/** decay average + (1 - decay) parameter of each. */
export function averagesOf(
  averages: readonly tf.Tensor[],
  parameters: readonly tf.Tensor[],
  decay: number,
): tf.Tensor[] {
  return averages.map((before, i) => {
    const out = outputOf(before.shape);
    dispatch(average, {
      whole: [before.size],
      real: [decay, 1 - decay],
      reads: [before, parameters[i]],
      writes: [out],
      workgroups: workgroupsFor(before.size),
    });
    return tensorOf(out);
  });
}

const tensorOf = (info: tf.TensorInfo): tf.Tensor => tf.engine().makeTensorFromTensorInfo(info);
