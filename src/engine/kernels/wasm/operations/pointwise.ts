/** Sums and activations, number by number. */
import * as tf from '../../../tf';
import { operation, outputOf } from './operation';

const scaled = /* @__PURE__ */ operation({
  name: 'OwnScaled',
  run(kernels, { x }, { by }) {
    const out = outputOf(kernels, x.shape);
    kernels.run.scaled(kernels.addressOf(x), by as number, sizeOf(x), kernels.addressOf(out));
    return out;
  },
  gradient: { inputs: [], of: (dy, _, { by }) => ({ x: () => scaled.run({ x: dy }, { by }) }) },
});

const sum = /* @__PURE__ */ operation({
  name: 'OwnSum',
  run(kernels, { a, b }, { byA, byB }) {
    const out = outputOf(kernels, a.shape);
    const [x, y, to] = [a, b, out].map((tensor) => kernels.addressOf(tensor));
    kernels.run.weightedSum(x, byA as number, y, byB as number, sizeOf(a), to);
    return out;
  },
  gradient: {
    inputs: [],
    of: (dy, _, { byA, byB }) => ({
      a: () => scaled.run({ x: dy }, { by: byA }),
      b: () => scaled.run({ x: dy }, { by: byB }),
    }),
  },
});

/** byA a + byB b, of one shape; derivatives of every order. */
export const ownSum = <T extends tf.Tensor>(a: T, b: T, byA: number, byB: number): T =>
  sum.run({ a, b }, { byA, byB });

const leakyBack = /* @__PURE__ */ operation({
  name: 'OwnLeakyReluBack',
  run(kernels, { dy, x }, { slope }) {
    const out = outputOf(kernels, x.shape);
    const [from, at, to] = [dy, x, out].map((tensor) => kernels.addressOf(tensor));
    kernels.run.leakyBack(from, at, sizeOf(x), slope as number, to);
    return out;
  },
  gradient: {
    inputs: ['x'],
    of: (dy, [x], { slope }) => ({ dy: () => leakyBack.run({ dy, x }, { slope }), x: () => tf.zerosLike(x) }),
  },
});

const leaky = /* @__PURE__ */ operation({
  name: 'OwnLeakyRelu',
  run(kernels, { x }, { slope }) {
    const out = outputOf(kernels, x.shape);
    const from = kernels.addressOf(x);
    kernels.run.leakyBack(from, from, sizeOf(x), slope as number, kernels.addressOf(out));
    return out;
  },
  gradient: {
    inputs: ['x'],
    of: (dy, [x], { slope }) => ({ x: () => leakyBack.run({ dy, x }, { slope }) }),
  },
});

/** x where positive, slope x elsewhere; derivatives of every order. */
export const ownLeakyRelu = <T extends tf.Tensor>(x: T, slope: number): T => leaky.run({ x }, { slope });

const siluBack = /* @__PURE__ */ operation({
  name: 'OwnSiluBack',
  run(kernels, { dy, x }) {
    const out = outputOf(kernels, x.shape);
    const [from, at, to] = [dy, x, out].map((tensor) => kernels.addressOf(tensor));
    kernels.run.siluBack(from, at, sizeOf(x), to);
    return out;
  },
});

const silu = /* @__PURE__ */ operation({
  name: 'OwnSilu',
  run(kernels, { x }) {
    const out = outputOf(kernels, x.shape);
    kernels.run.siluTo(kernels.addressOf(x), sizeOf(x), kernels.addressOf(out));
    return out;
  },
  gradient: { inputs: ['x'], of: (dy, [x]) => ({ x: () => siluBack.run({ dy, x }) }) },
});

/** x sigmoid(x); a first derivative alone. */
export const ownSilu = <T extends tf.Tensor>(x: T): T => silu.run({ x });

const sizeOf = ({ shape }: tf.TensorInfo): number => tf.util.sizeFromShape(shape);
