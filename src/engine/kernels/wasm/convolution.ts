/** Convolutions of any size on TensorFlow.js's tensors, [b, h, w, c], and their two gradients. */
import type * as tf from '../../tf';
import type { Kernels } from './kernels';
import { Rooms, roundUp } from './rooms';
import { repays, winogradSize } from './winograd';

export type ConvolutionInfo = Pick<
  tf.backend_util.Conv2DInfo,
  | 'batchSize'
  | 'inHeight'
  | 'inWidth'
  | 'inChannels'
  | 'outHeight'
  | 'outWidth'
  | 'outChannels'
  | 'filterHeight'
  | 'filterWidth'
  | 'strideHeight'
> & { padInfo: { top: number; left: number } };

/** What these kernels compute: one stride for both sides, no dilation. */
export function isCovered(info: tf.backend_util.Conv2DInfo): boolean {
  return (
    info.strideHeight === info.strideWidth &&
    info.dilationHeight === 1 &&
    info.dilationWidth === 1 &&
    info.dataFormat === 'channelsLast' &&
    info.outHeight > 0 &&
    info.outWidth > 0
  );
}

/** The weights as a convolution sees them: of (tap, i, o) at first + tap tapStep + i inStep + o outStep bytes. */
interface Filter {
  first: number;
  tapStep: number;
  inStep: number;
  outStep: number;
}

/** An image and where its pixels go in the one with the border: one in every `spread` places. */
interface Source {
  address: number;
  height: number;
  width: number;
  top: number;
  left: number;
  spread: number;
}

interface Shape {
  batch: number;
  cin: number;
  cout: number;
  height: number;
  width: number;
  kh: number;
  kw: number;
  stride: number;
}

/** @param bias [cout], or none */
export function convolution(
  kernels: Kernels,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvolutionInfo,
  bias?: tf.TensorInfo,
): tf.TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  const out = kernels.backend.makeOutput([batchSize, outHeight, outWidth, outChannels], 'float32');
  run(
    kernels,
    {
      batch: batchSize,
      cin: inChannels,
      cout: outChannels,
      height: outHeight,
      width: outWidth,
      kh: info.filterHeight,
      kw: info.filterWidth,
      stride: info.strideHeight,
    },
    {
      address: kernels.addressOf(x),
      height: inHeight,
      width: inWidth,
      top: padInfo.top,
      left: padInfo.left,
      spread: 1,
    },
    {
      first: kernels.addressOf(filter),
      tapStep: inChannels * outChannels * 4,
      inStep: outChannels * 4,
      outStep: 4,
    },
    kernels.addressOf(out),
    bias ? kernels.addressOf(bias) : 0,
  );
  return out;
}

/** dL/dx: dy, spread by the stride, convolved with the filter turned by 180 degrees, in and out exchanged. */
export function dataGradient(
  kernels: Kernels,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvolutionInfo,
): tf.TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, outChannels, filterHeight, filterWidth, padInfo } = info;
  const dx = kernels.backend.makeOutput([batchSize, inHeight, inWidth, inChannels], 'float32');
  const tap = inChannels * outChannels * 4;
  run(
    kernels,
    {
      batch: batchSize,
      cin: outChannels,
      cout: inChannels,
      height: inHeight,
      width: inWidth,
      kh: filterHeight,
      kw: filterWidth,
      stride: 1,
    },
    {
      address: kernels.addressOf(dy),
      height: info.outHeight,
      width: info.outWidth,
      top: filterHeight - 1 - padInfo.top,
      left: filterWidth - 1 - padInfo.left,
      spread: info.strideHeight,
    },
    {
      first: kernels.addressOf(filter) + (filterHeight * filterWidth - 1) * tap,
      tapStep: -tap,
      inStep: 4,
      outStep: outChannels * 4,
    },
    kernels.addressOf(dx),
    0,
  );
  return dx;
}

function run(
  kernels: Kernels,
  shape: Shape,
  source: Source,
  filter: Filter,
  out: number,
  bias: number,
): void {
  const { batch, kh, kw, stride, height, width } = shape;
  if (kh === 3 && kw === 3 && stride === 1 && repays(height, width, batch))
    byWinograd(kernels, shape, source, filter, out, bias);
  else directly(kernels, shape, source, filter, out, bias);
}

function byWinograd(
  kernels: Kernels,
  { batch, cin, cout, height, width }: Shape,
  source: Source,
  filter: Filter,
  out: number,
  bias: number,
): void {
  const size = winogradSize(height, width, cin, cout);
  const rooms = new Rooms();
  const [image, weights, padded, work] = [
    rooms.floats(size.rows * size.columns * size.cin),
    rooms.floats(size.weights),
    rooms.floats(size.cout),
    rooms.floats(size.work),
  ];
  const at = kernels.workspace(rooms.bytes);
  const { run: kernel } = kernels;
  const { first, tapStep, inStep, outStep } = filter;
  kernel.winogradWeights(first, tapStep, inStep, outStep, cin, size.cin, cout, at + weights);
  if (bias) kernel.place(bias, 1, 1, cout, at + padded, 1, 1, size.cout, 0, 0, 1);
  for (let b = 0; b < batch; b++) {
    placeImage(kernels, source, b, cin, at + image, size.rows, size.columns, size.cin);
    kernel.winograd(
      ...[at + image, at + weights, out + b * height * width * cout * 4, height, width, size.cin, cout],
      ...[bias ? at + padded : 0, 0, 1, at + work, size.block],
    );
  }
}

function directly(
  kernels: Kernels,
  { batch, cin, cout, height, width, kh, kw, stride }: Shape,
  source: Source,
  filter: Filter,
  out: number,
  bias: number,
): void {
  const rows = (height - 1) * stride + kh;
  const columns = (width - 1) * stride + kw;
  const isPlain =
    source.top === 0 &&
    source.left === 0 &&
    source.spread === 1 &&
    source.height === rows &&
    source.width === columns;
  const rooms = new Rooms();
  const [image, weights, padded] = [
    rooms.floats(isPlain ? 0 : rows * columns * cin),
    rooms.floats(kh * kw * cin * roundUp(cout, 8)),
    rooms.floats(roundUp(cout, 8)),
  ];
  const at = kernels.workspace(rooms.bytes);
  const { run: kernel } = kernels;
  for (let tap = 0; tap < kh * kw; tap++)
    kernel.packPanels(
      ...[filter.first + tap * filter.tapStep, filter.inStep, filter.outStep, cin, cout],
      ...[at + weights + tap * cin * 32, kh * kw * cin * 32],
    );
  if (bias) kernel.place(bias, 1, 1, cout, at + padded, 1, 1, roundUp(cout, 8), 0, 0, 1);
  const [pixel, row] = [cin * 4, columns * cin * 4];
  for (let b = 0; b < batch; b++) {
    if (!isPlain) placeImage(kernels, source, b, cin, at + image, rows, columns, cin);
    const from = isPlain ? source.address + b * rows * row : at + image;
    kernel.product(
      ...[from, stride * pixel, stride * row, row, kh, kw * cin, at + weights],
      ...[out + b * height * width * cout * 4, cout * 4, width * cout * 4, height, width, cout],
      ...[bias ? at + padded : 0, 0, 1],
    );
  }
}

function placeImage(
  { run }: Kernels,
  { address, height, width, top, left, spread }: Source,
  b: number,
  channels: number,
  ...[to, rows, columns, stored]: [to: number, rows: number, columns: number, stored: number]
): void {
  const from = address + b * height * width * channels * 4;
  run.place(from, height, width, channels, to, rows, columns, stored, top, left, spread);
}

/** dL/dw, [kh, kw, in, out]: the images in the order of the batch, so that the sums are the same each time. */
export function filterGradient(
  kernels: Kernels,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: ConvolutionInfo,
): tf.TensorInfo {
  const { filterHeight: kh, filterWidth: kw, inChannels, outChannels } = info;
  const dw = kernels.backend.makeOutput([kh, kw, inChannels, outChannels], 'float32');
  const isSmall = kh === 3 && kw === 3 && info.strideHeight === 1;
  const sum = isSmall && repays(info.outHeight, info.outWidth) ? sumByWinograd : sumDirectly;
  sum(kernels, kernels.addressOf(x), kernels.addressOf(dy), kernels.addressOf(dw), info);
  return dw;
}

type Sum = (kernels: Kernels, x: number, dy: number, dw: number, info: ConvolutionInfo) => void;

const sumByWinograd: Sum = (kernels, x, dy, dw, info) => {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  const size = winogradSize(outHeight, outWidth, inChannels, outChannels);
  const rooms = new Rooms();
  const [image, slopes, sums, work] = [
    rooms.floats(size.rows * size.columns * size.cin),
    rooms.floats(16 * size.tilesY * size.tilesX * size.cout),
    rooms.floats(size.weights),
    rooms.floats(size.work),
  ];
  const at = kernels.workspace(rooms.bytes);
  const { run: kernel } = kernels;
  kernels.floats(at + sums, size.weights).fill(0);
  for (let b = 0; b < batchSize; b++) {
    kernel.place(
      ...[x + b * inHeight * inWidth * inChannels * 4, inHeight, inWidth, inChannels],
      ...[at + image, size.rows, size.columns, size.cin, padInfo.top, padInfo.left, 1],
    );
    kernel.place(
      ...[dy + b * outHeight * outWidth * outChannels * 4, outHeight, outWidth, outChannels],
      ...[at + slopes, 4 * size.tilesY, 4 * size.tilesX, size.cout, 0, 0, 1],
    );
    kernel.winogradFilterGradient(
      ...[
        at + image,
        at + slopes,
        at + sums,
        size.tilesY,
        size.tilesX,
        size.cin,
        size.cout,
        at + work,
        size.block,
      ],
    );
  }
  kernel.winogradFilterBack(at + sums, size.cin, size.cout, inChannels, outChannels, dw, at + work);
};

const sumDirectly: Sum = (kernels, x, dy, dw, info) => {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  const { filterHeight: kh, filterWidth: kw, strideHeight: stride } = info;
  const rows = (outHeight - 1) * stride + kh;
  const columns = (outWidth - 1) * stride + kw;
  const [cin, cout] = [roundUp(inChannels, 4), roundUp(outChannels, 8)];
  const rooms = new Rooms();
  const [image, slopes, sums] = [
    rooms.floats(rows * columns * cin),
    rooms.floats(outHeight * outWidth * cout),
    rooms.floats(kh * kw * cin * cout),
  ];
  const at = kernels.workspace(rooms.bytes);
  const { run: kernel } = kernels;
  kernels.floats(at + sums, kh * kw * cin * cout).fill(0);
  for (let b = 0; b < batchSize; b++) {
    kernel.place(
      ...[x + b * inHeight * inWidth * inChannels * 4, inHeight, inWidth, inChannels],
      ...[at + image, rows, columns, cin, padInfo.top, padInfo.left, 1],
    );
    const own = dy + b * outHeight * outWidth * outChannels * 4;
    if (cout !== outChannels)
      kernel.place(own, outHeight, outWidth, outChannels, at + slopes, outHeight, outWidth, cout, 0, 0, 1);
    kernel.filterGradient(
      ...[at + image, cin * 4, columns * cin * 4, stride, cout === outChannels ? own : at + slopes],
      ...[outHeight, outWidth, kh, kw, cin, cout, at + sums],
    );
  }
  for (let tap = 0; tap < kh * kw; tap++)
    kernel.trim(
      ...[at + sums + tap * cin * cout * 4, inChannels, cout, outChannels],
      dw + tap * inChannels * outChannels * 4,
    );
};
