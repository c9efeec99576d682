/**
 * The two gradients of a convolution, made of fast operations. TensorFlow.js's wasm backend has no weight gradient at all
 * and a plain loop for the data gradient; its webgpu backend computes each weight with one thread that loops over all pixels.
 */
import * as tf from '../tf';

interface Attributes {
  strides: number | [number, number];
  pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** dL/dw [kh, kw, in, out] = for every tap, the pixels it saw (shifted by the tap) times dy: one product a tap. */
export function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: [number, number, number, number],
  { strides, pad, dimRoundingMode }: Attributes,
): tf.Tensor4D {
  return tf.tidy(() => {
    const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
    const { padInfo, outHeight, outWidth, strideHeight, strideWidth, filterHeight, filterWidth } = info;
    const [b, , , channels] = x.shape;
    // Channels first once, instead of transposing for every tap.
    const rows = tf.transpose(padSides(x, padInfo), [3, 0, 1, 2]);
    const [, , height, width] = rows.shape;
    const [spanH, spanW] = [(outHeight - 1) * strideHeight + 1, (outWidth - 1) * strideWidth + 1];
    const isDense = strideHeight === 1 && strideWidth === 1;
    // Undivided, dy is put on the padded image's grid: what a tap sees is then the same numbers moved along, one long run a
    // channel, which is copied many times faster than a window.
    const length = b * height * width - (filterHeight - 1) * width - (filterWidth - 1);
    const flat = tf.reshape(rows, [channels, b * height * width]);
    const flatDy = isDense
      ? tf.slice(
          tf.reshape(padSides(dy, { top: 0, left: 0, bottom: height - spanH, right: width - spanW }), [
            b * height * width,
            dy.shape[3],
          ]),
          [0, 0],
          [length, dy.shape[3]],
        )
      : tf.reshape(dy, [b * outHeight * outWidth, dy.shape[3]]);
    const taps: tf.Tensor2D[] = [];
    for (let i = 0; i < filterHeight; i++) {
      for (let j = 0; j < filterWidth; j++) {
        taps.push(
          tf.tidy(() => {
            const seen = isDense
              ? tf.slice(flat, [0, i * width + j], [channels, length])
              : tf.stridedSlice(
                  rows,
                  [0, 0, i, j],
                  [channels, b, i + spanH, j + spanW],
                  [1, 1, strideHeight, strideWidth],
                );
            return tf.matMul(tf.reshape(seen, [channels, flatDy.shape[0]]), flatDy);
          }),
        );
      }
    }
    return tf.reshape(tf.concat(taps, 0), filterShape);
  });
}

/** dL/dx = dy, spread by the stride, convolved with the filter turned by 180 degrees, in and out exchanged. */
export function dataGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  inputShape: [number, number, number, number],
  { strides, pad, dimRoundingMode }: Attributes,
): tf.Tensor4D {
  return tf.tidy(() => {
    const info = tf.backend_util.computeConv2DInfo(
      inputShape,
      filter.shape,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const turned = turnFilter(filter);
    const spread = spreadOut(dy, info.strideHeight, info.strideWidth);
    const [, height, width] = spread.shape;
    const top = info.filterHeight - 1 - info.padInfo.top;
    const left = info.filterWidth - 1 - info.padInfo.left;
    const bottom = inputShape[1] + info.filterHeight - 1 - height - top;
    const right = inputShape[2] + info.filterWidth - 1 - width - left;
    return tf.conv2d(spread, turned, 1, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
  });
}

/** Turned by 180 degrees, in and out exchanged. By whole taps: wasm's `reverse` goes number by number. */
function turnFilter(filter: tf.Tensor4D): tf.Tensor4D {
  const [height, width, cin, cout] = filter.shape;
  const taps = tf.split(tf.reshape(filter, [height * width, cin, cout]), height * width, 0);
  return tf.reshape(tf.transpose(tf.concat(taps.reverse(), 0), [0, 2, 1]), [height, width, cout, cin]);
}

function padSides(
  x: tf.Tensor4D,
  { top, bottom, left, right }: { top: number; bottom: number; left: number; right: number },
): tf.Tensor4D {
  return tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
}

/** Zeros between rows and columns: [b, h, w, c] -> [b, (h-1) strideH + 1, (w-1) strideW + 1, c]. */
function spreadOut(x: tf.Tensor4D, strideH: number, strideW: number): tf.Tensor4D {
  if (strideH === 1 && strideW === 1) return x;
  const [b, h, w, c] = x.shape;
  const columns = tf.pad(tf.reshape(x, [b * h * w, 1, c]), [
    [0, 0],
    [0, strideW - 1],
    [0, 0],
  ]);
  const rows = tf.pad(tf.reshape(columns, [b * h, 1, w * strideW * c]), [
    [0, 0],
    [0, strideH - 1],
    [0, 0],
  ]);
  const spread: tf.Tensor4D = tf.reshape(rows, [b, h * strideH, w * strideW, c]);
  return tf.slice(spread, [0, 0, 0, 0], [b, (h - 1) * strideH + 1, (w - 1) * strideW + 1, c]);
}

/** Puts them in the place of a backend's own kernels. NHWC only, as everything here is. */
export function registerConvolutionGradients(backendName: 'wasm' | 'webgpu'): void {
  replaceKernel('Conv2DBackpropFilter', backendName, ({ inputs, attrs }) => {
    const { x, dy } = inputs as unknown as { x: tf.Tensor4D; dy: tf.Tensor4D };
    const { filterShape, ...rest } = attrs as unknown as Attributes & {
      filterShape: [number, number, number, number];
    };
    return filterGradient(x, dy, filterShape, rest);
  });
  // WebGPU's own data gradient is a matrix product already.
  if (backendName === 'webgpu') return;
  replaceKernel('Conv2DBackpropInput', backendName, ({ inputs, attrs }) => {
    const { dy, filter } = inputs as unknown as { dy: tf.Tensor4D; filter: tf.Tensor4D };
    const { inputShape, ...rest } = attrs as unknown as Attributes & {
      inputShape: [number, number, number, number];
    };
    return dataGradient(dy, filter, inputShape, rest);
  });
}

function replaceKernel(kernelName: string, backendName: string, kernelFunc: tf.KernelFunc): void {
  if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ kernelName, backendName, kernelFunc });
}
