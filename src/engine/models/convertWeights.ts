import { encodeQ8 } from '../formats/q8';
import { type WritableTensor, writeSafetensors } from '../formats/safetensors';
import { checkFinite } from '../networks/checkState';
import { readWeights, type Weights, type WeightsFile } from './readWeights';

/** How values are stored: 4, 2 or about 1 byte each. */
export type WeightsDtype = 'f32' | 'f16' | 'q8';

/**
 * A file of weights of any readable kind as safetensors under the authors' names. Metadata: `format` (the dtype) and
 * `config` (the network's configuration as JSON), so that nothing has to be guessed when it is read again.
 * @throws as `readWeights`; CorruptFile for NaN and infinity; BadRequest for values that the dtype cannot hold
 */
export async function convertWeights(
  file: WeightsFile,
  dtype: WeightsDtype,
  network?: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const weights = await readWeights(file, { network });
  checkFinite(weights.state);
  return encodeWeights(weights, dtype);
}

/** The same for weights that are in memory already. */
export function encodeWeights(
  weights: Pick<Weights, 'state'> & { config: object },
  dtype: WeightsDtype,
): Uint8Array<ArrayBuffer> {
  const metadata = { format: dtype, config: JSON.stringify(weights.config) };
  if (dtype === 'q8') return writeSafetensors(encodeQ8(weights.state), metadata);
  const stored = dtype === 'f16' ? 'F16' : 'F32';
  const tensors = [...weights.state].map(([name, { shape, data }]): [string, WritableTensor] => [
    name,
    { dtype: stored, shape, data },
  ]);
  return writeSafetensors(tensors, metadata);
}
