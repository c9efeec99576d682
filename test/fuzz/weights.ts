/** What all files of weights have: a small network that translates, and what must hold of what was read. */
import { elementCount } from '../../src/engine/formats/safetensors';
import { hashWeights } from '../../src/engine/hash';
import { readWeights, type Weights } from '../../src/engine/models/readWeights';
import { resnetGeneratorTable } from '../../src/engine/networks/resnetGenerator/table';
import { must } from './target';

export const STATE = hashWeights(1, resnetGeneratorTable({ ngf: 1, n_blocks: 1 }));

export async function readAndCheck(bytes: Uint8Array): Promise<Weights> {
  const weights = await readWeights({ name: 'weights', bytes });
  for (const [name, { shape, data }] of weights.state)
    must(data.length === elementCount(shape), `${name} has ${data.length} values of ${shape}`);
  must(weights.parameters > 0 && weights.state.size > 0, 'a network of nothing');
  return weights;
}
