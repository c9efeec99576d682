/**
 * Reverse-mode derivatives that can wait: `tf.grads` runs a function and its backward pass in one go and keeps every
 * intermediate gradient to the end. Here the forward pass is recorded on TensorFlow.js's tape, the backward pass runs when it
 * is asked for, and both free what they no longer need. It may run inside another backward pass, which `tf.grads` may not.
 */
import * as tf from '../tf';

export interface Vjp<T extends tf.Tensor> {
  /** f's value. The caller disposes it. */
  value: T;
  /**
   * dy^T df/dx for each x, in order; zeros where f does not depend on it. Once only: it uses up what was recorded.
   * @param dy of the value's shape; ones if not given
   */
  pullback: (dy?: tf.Tensor) => tf.Tensor[];
  /** Forgets what was recorded, for a value whose derivative is not wanted after all. */
  dispose: () => void;
}

/** An entry of TensorFlow.js's tape. */
interface TapeNode {
  kernelName: string;
  inputs: Record<string, tf.Tensor>;
  outputs: tf.Tensor[];
  saved?: tf.Tensor[];
  gradient?: (dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>;
}

/** @throws Error inside a function that is itself being differentiated; use tf.grad there */
export function vjp<T extends tf.Tensor>(f: () => T, xs: readonly tf.Tensor[]): Vjp<T> {
  const [value, recorded] = record(f);
  const tape = relevant(recorded, xs, value);
  const id = value.id;
  const { shape } = value;
  return {
    value,
    pullback: (dy) => tf.tidy(() => backpropagate(tape.splice(0), id, dy ?? tf.ones(shape), xs)),
    dispose: () => tape.splice(0).forEach(forget),
  };
}

/** The value of a scalar function and its gradients; everything else is freed. */
export function valueAndGradients(
  f: () => tf.Scalar,
  xs: readonly tf.Tensor[],
): { value: tf.Scalar; gradients: tf.Tensor[] } {
  const { value, pullback } = vjp(f, xs);
  return { value, gradients: pullback() };
}

/** True while a function is recorded to be differentiated. */
export function isRecording(): boolean {
  return tf.engine().state.gradientDepth > 0;
}

/** What a part of a network makes on its way is freed at its end, not at that of the whole; where it is recorded the gradient may want it. */
export function freeing(make: () => tf.Tensor4D): tf.Tensor4D {
  return isRecording() ? make() : tf.tidy(make);
}

/** Parts one after the other; what one hands to the next is freed, too, but for x. */
export function inTurn(x: tf.Tensor4D, parts: readonly ((x: tf.Tensor4D) => tf.Tensor4D)[]): tf.Tensor4D {
  return parts.reduce((given, part) => {
    const made = freeing(() => part(given));
    if (given !== x && !isRecording()) given.dispose();
    return made;
  }, x);
}

/** True while what is recorded will be differentiated, and its gradient again (R1). */
export function isRecordedTwice(): boolean {
  return tf.engine().state.gradientDepth > 1;
}

function record<T extends tf.Tensor>(f: () => T): [T, TapeNode[]] {
  const { state } = tf.engine();
  if (state.gradientDepth > 0) throw new Error('vjp: must not run inside a function that is differentiated');
  // In a backward pass of TensorFlow.js's own a tape is still there although none is being recorded.
  const outer = state.activeTape;
  const tape: TapeNode[] = [];
  state.activeTape = tape as unknown as typeof outer;
  state.gradientDepth = 1;
  try {
    return [tf.tidy(f), tape];
  } catch (error) {
    tape.forEach(forget);
    throw error;
  } finally {
    state.gradientDepth = 0;
    state.activeTape = outer;
  }
}

function forget(node: TapeNode): void {
  for (const tensor of node.saved ?? []) tensor.dispose();
  node.saved = undefined;
}

/** The nodes between xs and y; what the others have saved is freed. */
function relevant(tape: readonly TapeNode[], xs: readonly tf.Tensor[], y: tf.Tensor): TapeNode[] {
  const fromXs = new Set(xs.map((x) => x.id));
  const dependent = tape.filter((node) => {
    const depends = Object.values(node.inputs).some((input) => fromXs.has(input.id));
    if (depends) for (const output of node.outputs) fromXs.add(output.id);
    return depends;
  });
  const toY = new Set([y.id]);
  const between = new Set(
    dependent.reverse().filter((node) => {
      const leads = node.outputs.some((output) => toY.has(output.id));
      // Inputs that do not depend on any x get no gradient.
      if (leads) {
        node.inputs = Object.fromEntries(Object.entries(node.inputs).filter(([, { id }]) => fromXs.has(id)));
        for (const input of Object.values(node.inputs)) toY.add(input.id);
      }
      return leads;
    }),
  );
  for (const node of tape) if (!between.has(node)) forget(node);
  return tape.filter((node) => between.has(node));
}

function backpropagate(
  tape: readonly TapeNode[],
  yId: number,
  dy: tf.Tensor,
  xs: readonly tf.Tensor[],
): tf.Tensor[] {
  const wanted = new Set(xs.map(({ id }) => id));
  const gradients = new Map<number, tf.Tensor>([[yId, tf.clone(dy)]]);
  for (const node of [...tape].reverse()) {
    const dys = node.outputs.map(({ id }) => gradients.get(id) ?? null);
    if (dys.every((one) => one === null)) {
      forget(node);
      continue;
    }
    for (const [id, dx] of inputGradients(node, dys)) {
      const before = gradients.get(id);
      gradients.set(id, before ? tf.add(before, dx) : dx);
      if (before) tf.dispose([before, dx]);
    }
    forget(node);
    node.outputs.forEach(({ id }, i) => {
      if (wanted.has(id)) return;
      gradients.delete(id);
      dys[i]?.dispose();
    });
  }
  return xs.map((x) => gradients.get(x.id) ?? tf.zerosLike(x));
}

/** One entry an input, as the same tensor may be two of them. */
function inputGradients(node: TapeNode, dys: (tf.Tensor | null)[]): [number, tf.Tensor][] {
  const { gradient, kernelName } = node;
  if (!gradient) throw new Error(`vjp: ${kernelName} has no gradient`);
  const names = Object.keys(node.inputs);
  const dxs = tf.tidy(() => {
    const closures = gradient(dys);
    return names.map((name) => {
      const dx = closures[name]();
      // A gradient that hands dy on must not share its fate.
      return dys.includes(dx) ? tf.clone(dx) : dx;
    });
  });
  return names.map((name, i) => {
    const { id, shape } = node.inputs[name];
    if (!tf.util.arraysEqual(dxs[i].shape, shape))
      throw new Error(`vjp: gradient of ${kernelName} must have shape [${shape}], got [${dxs[i].shape}]`);
    return [id, dxs[i]];
  });
}
