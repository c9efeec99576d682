/**
 * Adam's update and moving averages, in place and of several parameters a dispatch: as many as the device binds buffers for. With all of them in
 * one buffer each gradient would have to be copied there and each weight back, two commands where this takes a part of one.
 */
import * as tf from '../../../tf';
import type { AdamNumbers, After, Before } from '../../wasm/updates';
import { dispatch, outputOf, type Program, program, THREADS } from '../dispatch';
import { webgpuBackend } from '../runtime';
import { ceilDiv, unrolled } from '../wgsl';

/** More workgroups take each several of a parameter's numbers. */
const MOST_WORKGROUPS = 4096;

interface Update {
  real: readonly string[];
  reads: readonly string[];
  /** Read, and written in their place. */
  changes: readonly string[];
  /** Of number `i` of parameter `n`, whose buffers' names end in n. */
  body: (n: number) => string;
}

/** By the number of parameters of a dispatch. */
function programs(label: string, { real, reads, changes, body }: Update): (parameters: number) => Program {
  const made = new Map<number, Program>();
  return (parameters) => {
    const each = (names: readonly string[]) =>
      Array.from({ length: parameters }, (_, n) => names.map((name) => name + n)).flat();
    const known =
      made.get(parameters) ??
      program(`${label} of ${parameters}`, {
        whole: each(['count']),
        real,
        reads: each(reads),
        writes: each(changes),
        body: `  switch (group.y) {
${unrolled(
  parameters,
  (n) => `    case ${n}u: {
      for (var i = group.x * ${THREADS}u + thread; i < s.count${n}; i += groups.x * ${THREADS}u) {
${body(n)}
      }
    }`,
)}
    default: {}
  }`,
      });
    made.set(parameters, known);
    return known;
  };
}

const adam = programs('Adam', {
  real: ['beta1', 'rest1', 'beta2', 'rest2', 'root', 'epsilon', 'step', 'decay'],
  reads: ['gradient'],
  changes: ['parameter', 'mean', 'square'],
  body: (n) => `        let p = parameter${n}[i];
        let g = gradient${n}[i] + s.decay * p;
        let m = s.beta1 * mean${n}[i] + s.rest1 * g;
        let v = s.beta2 * square${n}[i] + s.rest2 * g * g;
        mean${n}[i] = m;
        square${n}[i] = v;
        parameter${n}[i] = p - s.step * (m / (sqrt(v) * s.root + s.epsilon));`,
});

const average = programs('average', {
  real: ['decay', 'rest'],
  reads: ['parameter'],
  changes: ['average'],
  body: (n) => `        average${n}[i] = s.decay * average${n}[i] + s.rest * parameter${n}[i];`,
});

export function adamUpdate(all: readonly Before[], numbers: AdamNumbers): After[] {
  const { betas, root, epsilon, step, decay } = numbers;
  const [beta1, beta2] = betas;
  const real = [beta1, 1 - beta1, beta2, 1 - beta2, root, epsilon, step, decay];
  const changed = own(all.flatMap((before) => before.slice(0, 3)));
  const after = all.map((_, i) => changed.slice(3 * i, 3 * i + 3) as After);
  const gradients = all.map(([, , , gradient]) => [gradient]);
  updateTogether(adam, real, gradients, after);
  return after;
}

/** decay average + (1 - decay) parameter of each. */
export function averagesOf(
  averages: readonly tf.Tensor[],
  parameters: readonly tf.Tensor[],
  decay: number,
): tf.Tensor[] {
  const after = own(averages).map((one) => [one]);
  const reads = parameters.map((parameter) => [parameter]);
  updateTogether(average, [decay, 1 - decay], reads, after);
  return after.flat();
}

function updateTogether(
  programOf: (parameters: number) => Program,
  real: readonly number[],
  reads: readonly tf.Tensor[][],
  writes: readonly tf.Tensor[][],
): void {
  const { maxStorageBuffersPerShaderStage } = webgpuBackend().device.limits;
  const most = Math.floor(maxStorageBuffersPerShaderStage / (reads[0].length + writes[0].length));
  for (let first = 0; first < reads.length; first += most) {
    const changed = writes.slice(first, first + most);
    const whole = changed.map(([{ size }]) => size);
    dispatch(programOf(changed.length), {
      whole,
      real,
      reads: reads.slice(first, first + most).flat(),
      writes: changed.flat(),
      workgroups: [Math.min(ceilDiv(Math.max(...whole), THREADS), MOST_WORKGROUPS), changed.length, 1],
    });
  }
}

const copy = programs('copy', {
  real: [],
  reads: ['source'],
  changes: ['twin'],
  body: (n) => `        twin${n}[i] = source${n}[i];`,
});

/** The tensors themselves where nobody else has their numbers (a clone has), else copies: what may change. */
function own(tensors: readonly tf.Tensor[]): tf.Tensor[] {
  const shared = tensors.filter(({ dataId }) => tf.backend().refCount(dataId) > 1);
  if (shared.length === 0) return [...tensors];
  const twins = shared.map(({ shape }) => tf.engine().makeTensorFromTensorInfo(outputOf(shape)));
  const alone = (all: readonly tf.Tensor[]) => all.map((one) => [one]);
  updateTogether(copy, [], alone(shared), alone(twins));
  const twinOf = new Map(shared.map((tensor, i) => [tensor, twins[i]]));
  return tensors.map((tensor) => twinOf.get(tensor) ?? tensor);
}
