import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIXTURES, filesIn, GOLDEN_DIR, hasWholeGolden } from '../../test/golden';
import { thinGolden } from '../../test/thinGolden';
import { readSafetensors, writeSafetensors } from '../engine/formats/safetensors';
import { hashNormals, hashWeights } from '../engine/hash';
import { type GoldenTensors, goldenTensors } from './golden';

const names = filesIn(FIXTURES).filter((name) => !name.endsWith('README.md'));
const fixture = (name: string) => new Uint8Array(readFileSync(join(FIXTURES, name)));

it('the fixtures stay small', () => {
  expect(names.reduce((sum, name) => sum + fixture(name).length, 0)).toBeLessThan(900_000);
});

describe('thinGolden', () => {
  const rows = ['a.weight', 'a.bias'].map((name) => ({ name, shape: name === 'a.bias' ? [3] : [3, 2] }));
  const weights = [...hashWeights(7, rows)].map(([name, tensor]) => [`param.${name}`, tensor] as const);
  const normals = { shape: [2, 5], data: hashNormals(9, 10) };
  const own = { shape: [2], data: Float32Array.of(1, 2) };
  const write = (tensors: (readonly [string, { shape: readonly number[]; data: Float32Array }])[]) =>
    writeSafetensors(
      tensors.map(([name, tensor]) => [name, { dtype: 'F32', ...tensor }] as const),
      { config: '{}' },
    );

  it('leaves out what the hash gives, and goldenTensors puts it back to the bit', () => {
    const file = write([...weights, ['in.x', normals], ['in.source', own], ['out', normals]]);
    const thin = thinGolden(file);
    expect(goldenTensors(thin).tensors).toEqual(goldenTensors(file).tensors);
    expect(goldenTensors(thin).metadata).toMatchObject({ config: '{}' });
    expect([...readSafetensors(thin).tensors.keys()]).toEqual(['in.source', 'out']);
  });

  it('keeps a network of which one weight is another', () => {
    const changed = weights.map(
      ([name, { shape, data }], n) =>
        [name, { shape, data: n === 1 ? data.map((v) => v + 1) : data }] as const,
    );
    const file = write([...changed, ['out', own]]);
    expect(thinGolden(file)).toEqual(file);
  });
});

describe.skipIf(!hasWholeGolden)('fixtures (skipped where ../shared/golden is absent)', () => {
  it.each(names)('%s holds what the reference file holds', (name) => {
    const file = new Uint8Array(readFileSync(join(GOLDEN_DIR, name)));
    const isTensors = name.endsWith('.safetensors');
    if (process.env.WRITE_FIXTURES) writeFileSync(join(FIXTURES, name), isTensors ? thinGolden(file) : file);
    const plain = (bytes: Uint8Array) => (isTensors ? withoutHash(goldenTensors(bytes)) : Buffer.from(bytes));
    expect(plain(fixture(name))).toEqual(plain(file));
  });
});

/** Tensors as bytes, which compare fast and to the bit. */
function withoutHash({ tensors, metadata: { hash: _, ...metadata } }: GoldenTensors) {
  const plain = [...tensors].map(([name, { shape, data }]) => [
    name,
    shape,
    Buffer.from(data.buffer).toString('base64'),
  ]);
  return { metadata, tensors: plain.sort(([a], [b]) => (a < b ? -1 : 1)) };
}
