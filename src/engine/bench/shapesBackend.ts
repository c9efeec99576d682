/**
 * A backend of TensorFlow.js that computes shapes and no numbers: what runs on it is counted, its multiply-adds and the bytes of its
 * tensors, at any size and in no time. A kernel that it does not know stops the count with an error; it never goes uncounted.
 */
import * as tf from '../tf';

export const SHAPES = 'shapes';

type Shape = number[];
type Shape4 = [number, number, number, number];
type Attributes = Record<string, unknown>;

interface Info extends tf.TensorInfo {
  shape: Shape;
}

/** A tensor's bytes, and how many tensors share them; `constant` where all of them are one number. */
interface Stored {
  bytes: number;
  users: number;
  constant: boolean;
}

class ShapesBackend extends tf.KernelBackend {
  /** Of convolutions and matrix products since the start. */
  macs = 0;
  /** Kernels that have run since the start, but for those that only give the same numbers another shape. */
  kernels = 0;
  liveBytes = 0;
  peakBytes = 0;
  private readonly stored = new Map<object, Stored>();

  make(shape: Shape, dtype: tf.DataType = 'float32', constant = false): Info {
    const dataId = {};
    const bytes = tf.util.sizeFromShape(shape) * tf.util.bytesPerElement(dtype);
    this.stored.set(dataId, { bytes, users: 1, constant });
    this.liveBytes += bytes;
    this.peakBytes = Math.max(this.peakBytes, this.liveBytes);
    return { dataId, shape, dtype };
  }

  /** The same numbers in another shape. */
  share({ dataId, dtype }: tf.TensorInfo, shape: Shape): Info {
    this.incRef(dataId);
    return { dataId, shape, dtype };
  }

  isConstant({ dataId }: tf.TensorInfo): boolean {
    return this.stored.get(dataId)!.constant;
  }

  override write(_values: unknown, shape: Shape, dtype: tf.DataType): tf.DataId {
    return this.make(shape, dtype).dataId;
  }

  override incRef(dataId: tf.DataId): void {
    this.stored.get(dataId)!.users++;
  }

  override refCount(dataId: tf.DataId): number {
    return this.stored.get(dataId)?.users ?? 0;
  }

  override disposeData(dataId: tf.DataId, force = false): boolean {
    const found = this.stored.get(dataId);
    if (!found) return true;
    if (--found.users > 0 && !force) return false;
    this.liveBytes -= found.bytes;
    this.stored.delete(dataId);
    return true;
  }

  override read(): never {
    throw new Error(
      'count of work: must not depend on values, got a tensor that is read; count a part of it',
    );
  }

  override readSync(): never {
    return this.read();
  }

  override numDataIds(): number {
    return this.stored.size;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override dispose(): void {
    this.stored.clear();
  }
}

export type { ShapesBackend };

/** Nothing is computed by them. */
const VIEWS: ReadonlySet<string> = new Set(['Identity', 'Reshape', 'ExpandDims']);

/** Registers backend and kernels, once. */
export function registerShapes(): void {
  if (tf.findBackendFactory(SHAPES)) return;
  // A priority below all others: TensorFlow.js must never choose it by itself.
  tf.registerBackend(SHAPES, () => new ShapesBackend(), -1);
  for (const [kernelName, kernel] of Object.entries(KERNELS)) {
    tf.registerKernel({
      kernelName,
      backendName: SHAPES,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const shapes = backend as ShapesBackend;
        if (!VIEWS.has(kernelName)) shapes.kernels++;
        return kernel(inputs as Record<string, Info>, (attrs ?? {}) as Attributes, shapes);
      },
    });
  }
}

type Kernel = (inputs: Record<string, Info>, attrs: Attributes, backend: ShapesBackend) => Info | Info[];

const first = (inputs: Record<string, Info>): Info => Object.values(inputs)[0];
const sizeOf = ({ shape }: tf.TensorInfo): number => tf.util.sizeFromShape(shape);

const sameShape: Kernel = (inputs, _, backend) => backend.make(first(inputs).shape, first(inputs).dtype);
const sameData: Kernel = (inputs, _, backend) => backend.share(first(inputs), first(inputs).shape);

const broadcast =
  (dtype?: tf.DataType): Kernel =>
  ({ a, b }, _, backend) =>
    backend.make(tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape), dtype ?? a.dtype);

const reduce: Kernel = ({ x }, { axis, keepDims }, backend) => {
  const axes = tf.util.parseAxisParam(axis as number[], x.shape);
  const [left] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
  return backend.make(keepDims ? tf.backend_util.expandShapeToKeepDim(left, axes) : left, x.dtype);
};

/** Of each value that comes out: the filter's area times the channels that it sums up, which a depthwise one does not. */
const convolutionOf =
  (isDepthwise: boolean): Kernel =>
  ({ x, filter }, { strides, pad, dilations, dimRoundingMode }, backend) => {
    const { outShape } = tf.backend_util.computeConv2DInfo(
      x.shape as Shape4,
      filter.shape as Shape4,
      strides as number,
      dilations as number,
      pad as number,
      dimRoundingMode as undefined,
      isDepthwise,
    );
    const [kh, kw, cin] = filter.shape;
    const made = backend.make(outShape, x.dtype);
    backend.macs += sizeOf(made) * kh * kw * (isDepthwise ? 1 : cin);
    return made;
  };

const product: Kernel = ({ a, b }, { transposeA, transposeB }, backend) => {
  const [rows, inner] = a.shape.slice(-2);
  const [m, k] = transposeA ? [inner, rows] : [rows, inner];
  const n = b.shape[b.shape.length - (transposeB ? 2 : 1)];
  const batch = tf.backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const made = backend.make([...batch, m, n], a.dtype);
  // A row of one number makes the means of a norm (layers.ts, meanOverPositions): no layer's work.
  if (!backend.isConstant(a)) backend.macs += sizeOf(made) * k;
  return made;
};

const padded: Kernel = ({ x }, { paddings }, backend) =>
  backend.make(
    (paddings as [number, number][]).map(([before, after], axis) => before + x.shape[axis] + after),
    x.dtype,
  );

const resized: Kernel = ({ images }, { size }, backend) => {
  const [b, , , c] = images.shape;
  return backend.make([b, ...(size as [number, number]), c], images.dtype);
};

const KERNELS: Record<string, Kernel> = {
  ...Object.fromEntries(
    'Abs AddN ClipByValue Elu Erf Exp LeakyRelu Log Log1p LogSoftmax Neg OnesLike Prelu Reciprocal Relu Reverse Round Rsqrt Sigmoid Sign Softmax Softplus Sqrt Square Step Tanh ZerosLike'
      .split(' ')
      .map((name) => [name, sameShape]),
  ),
  ...Object.fromEntries(
    'Add Sub Multiply RealDiv Maximum Minimum Pow SquaredDifference'
      .split(' ')
      .map((name) => [name, broadcast()]),
  ),
  ...Object.fromEntries(
    'Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr'
      .split(' ')
      .map((name) => [name, broadcast('bool')]),
  ),
  ...Object.fromEntries('Sum Mean Max Min'.split(' ').map((name) => [name, reduce])),
  Identity: sameData,
  Reshape: ({ x }, { shape }, backend) =>
    backend.share(x, tf.util.inferFromImplicitShape(shape as Shape, sizeOf(x))),
  ExpandDims: ({ input }, { dim }, backend) => {
    const shape = [...input.shape];
    const at = dim as number;
    shape.splice(at < 0 ? at + shape.length + 1 : at, 0, 1);
    return backend.share(input, shape);
  },
  Cast: ({ x }, { dtype }, backend) =>
    dtype === x.dtype ? backend.share(x, x.shape) : backend.make(x.shape, dtype as tf.DataType),
  Fill: (_, { shape, dtype }, backend) =>
    backend.make(shape as Shape, (dtype as tf.DataType | undefined) ?? 'float32', true),
  Select: ({ t }, _, backend) => backend.make(t.shape, t.dtype),
  Transpose: ({ x }, { perm }, backend) =>
    backend.make(
      (perm as number[]).map((axis) => x.shape[axis]),
      x.dtype,
    ),
  Tile: ({ x }, { reps }, backend) =>
    backend.make(
      (reps as number[]).map((times, axis) => times * x.shape[axis]),
      x.dtype,
    ),
  Concat: (inputs, { axis }, backend) => {
    const parts = Object.values(inputs);
    const [along] = tf.util.parseAxisParam(axis as number, parts[0].shape);
    const shape = tf.backend_util.computeOutShape(
      parts.map((part) => part.shape),
      along,
    );
    return backend.make(shape, parts[0].dtype);
  },
  Pack: (inputs, { axis }, backend) => {
    const parts = Object.values(inputs);
    const shape = [...parts[0].shape];
    shape.splice(axis as number, 0, parts.length);
    return backend.make(shape, parts[0].dtype);
  },
  SplitV: ({ x }, { numOrSizeSplits, axis }, backend) => {
    const [along] = tf.util.parseAxisParam(axis as number, x.shape);
    const sizes = tf.backend_util.prepareSplitSize(
      x as unknown as tf.Tensor,
      numOrSizeSplits as number[],
      along,
    );
    return sizes.map((size) => backend.make(x.shape.with(along, size), x.dtype));
  },
  Slice: ({ x }, { begin, size }, backend) => {
    const [, shape] = tf.slice_util.parseSliceParams(
      x as unknown as tf.Tensor,
      begin as number[],
      size as number[],
    );
    return backend.make(shape, x.dtype);
  },
  StridedSlice: ({ x }, attrs, backend) => {
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } =
      attrs as Record<string, number[]> & Record<string, number>;
    const { finalShape } = tf.slice_util.sliceInfo(
      x.shape,
      begin,
      end,
      strides,
      beginMask,
      endMask,
      ellipsisMask,
      newAxisMask,
      shrinkAxisMask,
    );
    return backend.make(finalShape, x.dtype);
  },
  PadV2: padded,
  MirrorPad: padded,
  ResizeNearestNeighbor: resized,
  ResizeBilinear: resized,
  ResizeNearestNeighborGrad: ({ images }, _, backend) => backend.make(images.shape, images.dtype),
  Conv2D: convolutionOf(false),
  FusedConv2D: convolutionOf(false),
  Conv2DBackpropInput: ({ dy, filter }, { inputShape }, backend) => {
    const [kh, kw, cin] = filter.shape;
    backend.macs += sizeOf(dy) * kh * kw * cin;
    return backend.make(inputShape as Shape, dy.dtype);
  },
  Conv2DBackpropFilter: ({ dy }, { filterShape }, backend) => {
    const [kh, kw, cin] = filterShape as Shape;
    backend.macs += sizeOf(dy) * kh * kw * cin;
    return backend.make(filterShape as Shape, dy.dtype);
  },
  DepthwiseConv2dNative: convolutionOf(true),
  AvgPool: ({ x }, { filterSize, strides, pad, dimRoundingMode }, backend) => {
    const { outShape } = tf.backend_util.computePool2DInfo(
      x.shape as Shape4,
      filterSize as number,
      strides as number,
      1,
      pad as number,
      dimRoundingMode as undefined,
    );
    return backend.make(outShape, x.dtype);
  },
  BatchMatMul: product,
  _FusedMatMul: product,
};
