/** Weights as safetensors: headers of other values, lengths and offsets, and damage to the bytes. */
import { encodeQ8 } from '../../src/engine/formats/q8';
import { readSafetensors, type WritableTensor, writeSafetensors } from '../../src/engine/formats/safetensors';
import { mutate } from './mutate';
import { mutateJson } from './mutateJson';
import type { Random } from './random';
import { must, type Target } from './target';
import { readAndCheck, STATE } from './weights';

const stored = (dtype: 'F32' | 'F16') =>
  [...STATE].map(([name, { shape, data }]): [string, WritableTensor] => [name, { dtype, shape, data }]);
const config = JSON.stringify({ method: 'resnet', ngf: 1, n_blocks: 1 });
const SAMPLES = [
  writeSafetensors(stored('F32'), { config }),
  writeSafetensors(stored('F16'), {}),
  writeSafetensors(encodeQ8(STATE), { config }),
];

export const safetensors: Target = {
  name: 'safetensors',
  async run(random) {
    let bytes = random.pick(SAMPLES);
    if (random.once(2)) bytes = withHeader(bytes, random);
    if (random.once(2)) bytes = mutate(bytes, random);
    await readAndCheck(bytes);
    const { tensors, metadata } = readSafetensors(bytes);
    must(
      Object.values(metadata).every((text) => typeof text === 'string'),
      'metadata of no text',
    );
    must(tensors.size > 0, 'a network without tensors');
  },
};

/** Its header's values changed, its length set right in most cases. */
function withHeader(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const changed = new TextEncoder().encode(JSON.stringify(mutateJson(header, random)));
  const body = bytes.subarray(8 + length);
  const out = new Uint8Array(8 + changed.length + body.length);
  const view = new DataView(out.buffer);
  view.setBigUint64(
    0,
    random.once(20) ? random.pick([0n, 1n << 62n, 1n << 32n]) : BigInt(changed.length),
    true,
  );
  out.set(changed, 8);
  out.set(body, 8 + changed.length);
  return out;
}
