/**
 * Weights in 8 bits: w ~ q * scale with q a whole number in -127..127 and one float32 scale for each output channel
 * (largest |w| of the channel / 127), so no value is off by more than half a step, scale / 2.
 * Biases and the other 1-D tensors are few and stay float32.
 */
import { BadRequest, CorruptFile } from '../../errors';
import { FLOAT16_MAX } from './float16';
import type { NamedTensor, StateDict } from './namedTensor';
import { elementCount, type StoredTensor, type WritableTensor } from './safetensors';

/** The scales of tensor NAME are stored as tensor NAME.scale, shape [output channels]. */
const SCALE_SUFFIX = '.scale';

/** Each tensor as I8 with its F32 scales behind it, or as F32. */
export function encodeQ8(state: StateDict): Map<string, WritableTensor> {
  const out = new Map<string, WritableTensor>();
  for (const [name, tensor] of state) {
    if (tensor.shape.length < 2) {
      out.set(name, { dtype: 'F32', shape: tensor.shape, data: tensor.data });
      continue;
    }
    const { values, scales } = quantise(name, tensor);
    out.set(name, { dtype: 'I8', shape: tensor.shape, data: values });
    out.set(name + SCALE_SUFFIX, { dtype: 'F32', shape: [scales.length], data: scales });
  }
  return out;
}

/**
 * Undoes `encodeQ8`; tensors that are not I8 pass unchanged.
 * @throws CorruptFile where an I8 tensor has no scales, or not one for each output channel
 */
export function decodeQ8(tensors: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  const out = new Map<string, StoredTensor>();
  for (const [name, tensor] of tensors) {
    if (isScaleOfAnother(name, tensors)) continue;
    if (tensor.dtype !== 'I8') {
      out.set(name, tensor);
      continue;
    }
    const scales = tensors.get(name + SCALE_SUFFIX);
    const channels = tensor.shape[outputAxis(name, tensor.shape)];
    if (scales?.dtype !== 'F32' || scales.data.length !== channels) {
      throw new CorruptFile(
        `8-bit weights: "${name}" must have ${channels} float32 scales in "${name}${SCALE_SUFFIX}", got ${scales ? scales.data.length : 'none'}`,
      );
    }
    const channelOf = channelIndex(name, tensor.shape);
    const data = new Float32Array(tensor.data.length);
    for (let i = 0; i < data.length; i++) data[i] = tensor.data[i] * scales.data[channelOf(i)];
    out.set(name, { dtype: 'F32', shape: tensor.shape, data });
  }
  return out;
}

function isScaleOfAnother(name: string, tensors: ReadonlyMap<string, StoredTensor>): boolean {
  return name.endsWith(SCALE_SUFFIX) && tensors.get(name.slice(0, -SCALE_SUFFIX.length))?.dtype === 'I8';
}

function quantise(name: string, tensor: NamedTensor): { values: Int8Array; scales: Float32Array } {
  const channelOf = channelIndex(name, tensor.shape);
  const scales = new Float32Array(tensor.shape[outputAxis(name, tensor.shape)]);
  for (let i = 0; i < tensor.data.length; i++) {
    if (!Number.isFinite(tensor.data[i])) {
      throw new BadRequest(`8-bit weights: values must be finite, got ${tensor.data[i]} in "${name}"`);
    }
    if (Math.abs(tensor.data[i]) > FLOAT16_MAX)
      throw new BadRequest(
        `8-bit weights: values must be up to ${FLOAT16_MAX}, as the others of the channel would become 0, got ${tensor.data[i]} in "${name}"; write f32 instead`,
      );
    const c = channelOf(i);
    scales[c] = Math.max(scales[c], Math.abs(tensor.data[i]));
  }
  for (let c = 0; c < scales.length; c++) scales[c] /= 127;
  const values = new Int8Array(tensor.data.length);
  for (let i = 0; i < values.length; i++) {
    const scale = scales[channelOf(i)];
    // A channel of zeros, or one so small that its scale is no float32, has scale 0 and stays 0.
    values[i] = scale === 0 ? 0 : Math.max(-127, Math.min(127, Math.round(tensor.data[i] / scale)));
  }
  return { values, scales };
}

/** Convolutions are [out, in, kh, kw] and dense layers [out, in]; the attention's `.W` is [in, out]. */
function outputAxis(name: string, shape: readonly number[]): 0 | 1 {
  return shape.length === 2 && name.endsWith('.W') ? 1 : 0;
}

function channelIndex(name: string, shape: readonly number[]): (i: number) => number {
  if (outputAxis(name, shape) === 1) return (i) => i % shape[1];
  const perChannel = elementCount(shape.slice(1));
  return (i) => Math.floor(i / perChannel);
}
