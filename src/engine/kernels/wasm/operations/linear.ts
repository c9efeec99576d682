/** Linear maps of images [b, h, w, c] whose gradients are such maps again, so that they have derivatives of every order. */
import type * as tf from '../../../tf';
import type { Kernels } from '../kernels';
import { Rooms } from '../rooms';
import { operation, outputOf } from './operation';

/** FIR up and down by 2, at full rate with two zeros about it, and the adjoint of the last, with one (networks/resample.ts). */
export type Fir = 'up' | 'down' | 'smooth' | 'smoothBack';

/** The adjoint, and what it is larger by: the filter is symmetric, and up has a gain of 4 to make up for the zeros. */
const ADJOINT: Record<Fir, [Fir, number]> = {
  up: ['down', 4],
  down: ['up', 1 / 4],
  smooth: ['smoothBack', 1],
  smoothBack: ['smooth', 1],
};

export const sizeAfter: Record<Fir, (side: number) => number> = {
  up: (side) => 2 * side,
  down: (side) => side / 2,
  smooth: (side) => side + 1,
  smoothBack: (side) => side - 1,
};

const fir = /* @__PURE__ */ operation({
  name: 'OwnFir',
  run(kernels, { x }, attributes) {
    const { kind, gain } = attributes as { kind: Fir; gain: number };
    const [b, h, w, c] = x.shape;
    const [height, width] = [h, w].map(sizeAfter[kind]);
    const out = outputOf(kernels, [b, height, width, c]);
    const apply = c % 4 === 0 && kind !== 'smoothBack' ? bothAxes : axisAfterAxis;
    for (let n = 0; n < b; n++) {
      const from = kernels.addressOf(x) + n * h * w * c * 4;
      const to = kernels.addressOf(out) + n * height * width * c * 4;
      apply(kernels, kind, from, [h, w, c], to);
    }
    if (gain !== 1) {
      const address = kernels.addressOf(out);
      kernels.run.scaled(address, gain, b * height * width * c, address);
    }
    return out;
  },
  gradient: {
    inputs: [],
    of: (dy, _, attributes) => {
      const { kind, gain } = attributes as { kind: Fir; gain: number };
      const [adjoint, more] = ADJOINT[kind];
      return { x: () => fir.run({ x: dy }, { kind: adjoint, gain: gain * more }) };
    },
  },
});

type Apply = (kernels: Kernels, kind: Fir, from: number, size: [number, number, number], to: number) => void;

const bothAxes: Apply = (kernels, kind, from, [h, w, c], to) => {
  const { run } = kernels;
  const zeros = kernels.workspace(w * c * 4);
  kernels.floats(zeros, w * c).fill(0);
  if (kind === 'up') run.firUp(from, h, w, c, to, 2 * w * c * 4, zeros);
  else if (kind === 'down') run.firDown(from, h, w, c, to, (w / 2) * c * 4, zeros);
  else run.firSmooth(from, h, w, c, to, zeros);
};

/** Stride and zeros before of the filter along an axis. */
export const STEPS: Record<Exclude<Fir, 'up'>, [number, number]> = {
  down: [2, 1],
  smooth: [1, 2],
  smoothBack: [1, 1],
};

const axisAfterAxis: Apply = (kernels, kind, from, [h, w, c], to) => {
  const [height, width] = [h, w].map(sizeAfter[kind]);
  const rooms = new Rooms();
  const between = rooms.floats(height * w * c);
  const middle = kernels.workspace(rooms.bytes) + between;
  if (kind === 'up') {
    kernels.run.firSpread(from, 1, h, w * c, middle);
    kernels.run.firSpread(middle, height, w, c, to);
    return;
  }
  const [stride, before] = STEPS[kind];
  kernels.run.firLine(from, 1, h, w * c, stride, before, middle, height);
  kernels.run.firLine(middle, height, w, c, stride, before, to, width);
};

export const ownFir = (x: tf.Tensor4D, kind: Exclude<Fir, 'smoothBack'>): tf.Tensor4D =>
  fir.run({ x }, { kind, gain: 1 });

const reflect = /* @__PURE__ */ operation({
  name: 'OwnReflectPad',
  run(kernels, { x }, attributes) {
    const { n, isFold } = attributes as { n: number; isFold: boolean };
    const [b, height, width, c] = x.shape;
    const [h, w] = isFold ? [height - 2 * n, width - 2 * n] : [height, width];
    const out = outputOf(kernels, isFold ? [b, h, w, c] : [b, h + 2 * n, w + 2 * n, c]);
    const apply = isFold ? kernels.run.reflectFold : kernels.run.reflectPad;
    apply(kernels.addressOf(x), b, h, w, c, n, kernels.addressOf(out));
    return out;
  },
  gradient: {
    inputs: [],
    of: (dy, _, { n, isFold }) => ({ x: () => reflect.run({ x: dy }, { n, isFold: !isFold }) }),
  },
});

/** As reflectPad of networks/. */
export const ownReflectPad = (x: tf.Tensor4D, n: number): tf.Tensor4D =>
  reflect.run({ x }, { n, isFold: false });
