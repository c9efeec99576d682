import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type FixtureTensor,
  floats,
  legacyCheckpoint,
  op,
  pickle,
  pickledStateDict,
  zipCheckpoint,
} from '../../../test/checkpointFixtures';
import { CHECKPOINTS_DIR, hasWholeGolden, readGolden } from '../../../test/golden';
import { BadRequest, CorruptFile, UnsupportedFile, WeightsMismatch } from '../../errors';
import type { NamedTensor, StateDict } from '../formats/namedTensor';
import { elementCount, readSafetensors, writeSafetensors } from '../formats/safetensors';
import { type GeneratorConfig, PAPER_GENERATOR } from '../networks/ncsnpp/config';
import { ncsnppTable } from '../networks/ncsnpp/table';
import { convertWeights, encodeWeights } from './convertWeights';
import { inspectWeights } from './inspectWeights';
import { readWeights } from './readWeights';

const config: GeneratorConfig = {
  ...PAPER_GENERATOR,
  image_size: 16,
  num_channels_dae: 4,
  ch_mult: [1, 2],
  num_res_blocks: 1,
  attn_resolutions: [16],
  nz: 3,
  z_emb_dim: 4,
  n_mlp: 1,
};

/** A generator of that configuration with values that float16 holds exactly. */
const state: StateDict = new Map(
  ncsnppTable(config).map(({ name, shape }): [string, NamedTensor] => [
    name,
    {
      shape,
      data: Float32Array.from({ length: elementCount(shape) }, (_, i) => ((i * 37) % 101) / 64 - 0.75),
    },
  ]),
);
const parameters = [...state.values()].reduce((sum, { data }) => sum + data.length, 0);

const tensors: Record<string, FixtureTensor> = Object.fromEntries(
  [...state].map(([name, { shape, data }]) => [
    `module.${name}`,
    { shape: [...shape], storage: floats(...data) },
  ]),
);
const pickled = pickledStateDict(tensors);
const storages = Object.values(tensors).map(({ storage }) => storage);
const zipped = await zipCheckpoint(pickled, storages);
const text = (content: string): Uint8Array => new TextEncoder().encode(content);

describe('readWeights', () => {
  it.each([
    ['safetensors', encodeWeights({ state, config }, 'f32'), 'f32'],
    ['safetensors', encodeWeights({ state, config }, 'f16'), 'f16'],
    ['pth-zip', zipped, 'f32'],
    ['pth-legacy', legacyCheckpoint(pickled, storages), 'f32'],
  ])('reads %s by content whatever the name', async (format, bytes, dtype) => {
    const weights = await readWeights({ name: 'model.bin', bytes });
    expect(weights).toMatchObject({ format, dtype, parameters, config, networks: [], network: '' });
    expect(weights.state).toEqual(state);
  });

  it('reads 8-bit weights within half a step and says so', async () => {
    const bytes = encodeWeights({ state, config }, 'q8');
    const weights = await readWeights({ name: 'q8', bytes });
    expect(weights).toMatchObject({ dtype: 'q8', parameters, config });
    for (const [name, { data }] of weights.state) {
      const worst = Math.max(...data.map((x, i) => Math.abs(x - state.get(name)!.data[i])));
      // No value exceeds 0.83, so half a step is below 0.83 / 254.
      expect(worst).toBeLessThan(0.0033);
    }
  });

  it('reads safetensors whose length begins as a pickle does', async () => {
    const whole = encodeWeights({ state, config }, 'f32');
    const length = Number(new DataView(whole.buffer).getBigUint64(0, true));
    // 80 04 ..: the header's length in bytes, and the opcodes PROTO 4. The header may end in spaces.
    const padded = (length & ~0xffff) + 0x10000 + 0x0480;
    const bytes = new Uint8Array(whole.length + padded - length).fill(0x20);
    bytes.set(whole.subarray(0, 8 + length));
    bytes.set(whole.subarray(8 + length), 8 + padded);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
    expect([...bytes.subarray(0, 2)]).toEqual([0x80, 0x04]);
    expect((await readWeights({ name: 'a', bytes })).state).toEqual(state);
  });

  it('takes an ArrayBuffer as well', async () => {
    const { buffer } = encodeWeights({ state, config }, 'f32');
    expect((await readWeights({ name: 'a', bytes: buffer })).parameters).toBe(parameters);
  });

  it('finds the generator among several networks, and takes the arguments beside it', async () => {
    const discriminator = pickledStateDict(
      { 'start_conv.weight': { shape: [2], storage: floats(1, 2) } },
      900,
    );
    const content = [
      ...op.emptyDict,
      ...op.mark,
      ...op.text('disc_diffusive_1_dict'),
      ...discriminator,
      ...op.text('gen_diffusive_1_dict'),
      ...pickled,
      ...op.text('args'),
      ...[...op.emptyDict, ...op.mark, ...op.text('not_use_tanh'), ...op.true, ...op.setItems],
      ...op.setItems,
    ];
    const bytes = await zipCheckpoint(content, storages);
    const file = { name: 'content.pth', bytes };
    const weights = await readWeights(file);
    expect(weights.networks).toEqual(['disc_diffusive_1', 'gen_diffusive_1']);
    expect(weights.network).toBe('gen_diffusive_1');
    expect(weights.config).toEqual({ method: 'syndiff', ...config, not_use_tanh: true });
    expect(weights.metadata).toEqual({ not_use_tanh: 'true' });
    await expect(readWeights(file, { network: 'gen_diffusive_9' })).rejects.toThrow(BadRequest);
    await expect(readWeights(file, { network: 'gen_diffusive_9' })).rejects.toThrow(
      /one of disc_diffusive_1, gen_diffusive_1/,
    );
  });

  const scan = new Uint8Array(352);
  scan.set([0x5c, 1], 0);
  scan.set(text('n+1\0'), 344);
  it.each([
    ['an empty file', new Uint8Array()],
    ['a web page', text('\n<!DOCTYPE html><html><body>Sign in</body></html>')],
    ['a git-lfs pointer', text('version https://git-lfs.github.com/spec/v1\noid sha256:0')],
    ['JSON', text('{"id": "t1w-to-flair"}')],
    ['a NIfTI scan', scan],
    ['a gzip file', Uint8Array.of(0x1f, 0x8b, 8, 0)],
    ['an HDF5 file', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a)],
    ['3 bytes of another kind', Uint8Array.of(1, 2, 3)],
  ])('refuses %s and says what it is', async (what, bytes) => {
    const reading = readWeights({ name: 'dropped.pth', bytes });
    await expect(reading).rejects.toThrow(UnsupportedFile);
    await expect(reading).rejects.toThrow(
      `dropped.pth: weights: file must be .safetensors or a PyTorch .pth, got ${what}`,
    );
  });

  it('refuses a hostile pickle by name', async () => {
    const bytes = pickle([
      ...op.global('builtins', 'eval'),
      ...op.mark,
      ...op.text('1'),
      ...op.tuple,
      ...op.reduce,
    ]);
    await expect(readWeights({ name: 'x.pth', bytes })).rejects.toThrow(/x.pth: .*"builtins.eval"/);
  });

  it('names the networks of a file without a generator, and what the chosen one is', async () => {
    const discriminator = { 'start_conv.weight': floats(1, 2), 'end_linear.weight': floats(3) };
    const tensorsOf = (parts: Record<string, Uint8Array>): Record<string, FixtureTensor> =>
      Object.fromEntries(
        Object.entries(parts).map(([name, storage]) => [name, { shape: [storage.length / 4], storage }]),
      );
    const dict = [
      ...op.emptyDict,
      ...op.mark,
      ...op.text('disc_diffusive_1_dict'),
      ...pickledStateDict(tensorsOf(discriminator)),
      ...op.setItems,
    ];
    const file = { name: 'x', bytes: await zipCheckpoint(dict, Object.values(discriminator)) };
    await expect(readWeights(file)).rejects.toThrow(WeightsMismatch);
    await expect(readWeights(file)).rejects.toThrow('got disc_diffusive_1 (diffusive discriminator)');
    await expect(readWeights(file, { network: 'disc_diffusive_1' })).rejects.toThrow(
      'got a diffusive discriminator',
    );
  });

  const named = (prefix: (name: string) => string) =>
    writeSafetensors(
      [...state].map(([name, { shape, data }]) => [prefix(name), { dtype: 'F32', shape, data }] as const),
      {},
    );

  it.each([
    'module.',
    '_orig_mod.',
    'module._orig_mod.',
    'module.module.',
    'net.',
    'model.generator.module.',
  ])('strips "%s", which all names share, in both formats', async (prefix) => {
    const bytes = named((name) => `${prefix}${name}`);
    expect(await readWeights({ name: 'x', bytes })).toMatchObject({ state, networks: [], network: '' });
    const wrapped = pickledStateDict(
      Object.fromEntries(
        [...state].map(([name, { shape, data }]) => [
          `${prefix}${name}`,
          { shape: [...shape], storage: floats(...data) },
        ]),
      ),
    );
    const torch = await readWeights({ name: 'x', bytes: legacyCheckpoint(wrapped, storages) });
    expect(torch.state).toEqual(state);
  });

  it('finds the networks of one dict by what stands before their names', async () => {
    const both = [...state].flatMap(([name, { shape, data }]) =>
      ['gen_a', 'gen_b'].map(
        (gen, n) => [`${gen}.${name}`, { dtype: 'F32', shape, data: data.map((v) => v + n) }] as const,
      ),
    );
    const bytes = writeSafetensors(
      [...both, ['step', { dtype: 'F32', shape: [1], data: new Float32Array(1) }]],
      {},
    );
    const first = await readWeights({ name: 'x', bytes });
    expect(first).toMatchObject({ state, networks: ['gen_a', 'gen_b'], network: 'gen_a' });
    const second = await readWeights({ name: 'x', bytes }, { network: 'gen_b' });
    const [name] = state.keys();
    expect(second.state.get(name)!.data[0]).toBe(state.get(name)!.data[0] + 1);
  });

  it('takes metadata that are null for none, and layers without a number that could be one for another network', async () => {
    const whole = encodeWeights({ state, config }, 'f32');
    const length = Number(new DataView(whole.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(whole.subarray(8, 8 + length)));
    const text = new TextEncoder().encode(JSON.stringify({ ...header, __metadata__: null }));
    const bytes = new Uint8Array(8 + text.length + whole.length - 8 - length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(text, 8);
    bytes.set(whole.subarray(8 + length), 8 + text.length);
    expect((await readWeights({ name: 'x', bytes })).state).toEqual(state);
    const far = named((one) => one.replace('all_modules.', 'all_modules.12345'));
    await expect(readWeights({ name: 'x', bytes: far })).rejects.toThrow(WeightsMismatch);
  });

  it('answers random damage with weights or a named error, never with another', async () => {
    const named = ['CorruptFile', 'UnsupportedFile', 'WeightsMismatch'];
    const whole = [encodeWeights({ state, config }, 'q8'), legacyCheckpoint(pickled, storages), zipped];
    let seed = 1;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const outcomes = new Map<string, number>();
    for (let i = 0; i < 600; i++) {
      const bytes = whole[i % 3].slice();
      // Header and pickle come first; a few changes each.
      for (let change = 0; change <= i % 4; change++)
        bytes[random(Math.min(bytes.length, 9000))] = random(256);
      const outcome = await readWeights({ name: 'x', bytes }).then(
        () => 'read',
        (error: Error) => error.name,
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes.keys()].filter((outcome) => outcome !== 'read' && !named.includes(outcome))).toEqual(
      [],
    );
    expect(outcomes.get('CorruptFile')).toBeGreaterThan(100);
  });

  it('takes no harm from a pickle that contains itself', async () => {
    // args = {"x": [itself], "y": 2**70}
    const circular = [...op.emptyList, 0x71, 9, 0x68, 9, 0x61];
    const long = [0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0x40];
    const args = [...op.text('x'), ...circular, ...op.text('y'), ...long];
    const content = [
      ...op.emptyDict,
      ...op.mark,
      ...op.text('gen_dict'),
      ...pickled,
      ...op.text('args'),
      ...[...op.emptyDict, ...op.mark, ...args, ...op.setItems],
      ...op.setItems,
    ];
    const weights = await readWeights({ name: 'x', bytes: await zipCheckpoint(content, storages) });
    expect(weights.metadata).toEqual({});
    expect(weights.config).toEqual({ method: 'syndiff', ...config });
  });

  it('refuses what is cut short, contradicts itself or is another network', async () => {
    const whole = encodeWeights({ state, config }, 'f32');
    await expect(readWeights({ name: 'x', bytes: whole.subarray(0, -1) })).rejects.toThrow(CorruptFile);
    await expect(readWeights({ name: 'x', bytes: whole.subarray(0, 100) })).rejects.toThrow(CorruptFile);
    const stored = [...state].map(
      ([name, { shape, data }]) => [name, { dtype: 'F32', shape, data }] as const,
    );
    const badConfig = writeSafetensors(stored, { config: '[1]' });
    await expect(readWeights({ name: 'x', bytes: badConfig })).rejects.toThrow(
      /__metadata__\.config: must be an object, got \[1\]/,
    );
    const wrongConfig = writeSafetensors(stored, { config: JSON.stringify({ ...config, nz: 4 }) });
    await expect(readWeights({ name: 'x', bytes: wrongConfig })).rejects.toThrow(WeightsMismatch);
    const less = writeSafetensors(stored.slice(1), {});
    await expect(readWeights({ name: 'x', bytes: less })).rejects.toThrow(WeightsMismatch);
  });
});

describe('convertWeights and inspectWeights', () => {
  it('writes safetensors that say what they are', async () => {
    const file = { name: 'x.pth', bytes: legacyCheckpoint(pickled, storages) };
    const written = await convertWeights(file, 'f16');
    const { tensors: stored, metadata } = readSafetensors(written);
    expect(metadata.format).toBe('f16');
    expect(JSON.parse(metadata.config)).toEqual({ method: 'syndiff', ...config });
    expect([...stored.keys()]).toEqual([...state.keys()]);
    expect(stored.get('all_modules.2.weight')).toEqual({
      dtype: 'F16',
      ...state.get('all_modules.2.weight'),
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('does not write %d', async (value) => {
    const [name, { shape, data }] = [...state][0];
    const odd = new Map(state).set(name, { shape, data: data.slice().fill(value, 0, 1) });
    const bytes = encodeWeights({ state: odd, config }, 'f32');
    for (const dtype of ['f16', 'q8'] as const)
      await expect(convertWeights({ name: 'x', bytes }, dtype)).rejects.toThrow(
        `weights: "${name}" must hold finite numbers, got ${value} as value 1`,
      );
  });

  it('reports each tensor', async () => {
    const bytes = encodeWeights({ state, config }, 'f32');
    const report = await inspectWeights({ name: 'x', bytes });
    expect(report).toMatchObject({
      name: 'x',
      bytes: bytes.length,
      format: 'safetensors',
      parameters,
      config,
    });
    expect(report.tensors.length).toBe(state.size);
    expect(report.tensors.reduce((sum, tensor) => sum + tensor.parameters, 0)).toBe(parameters);
    const bias = state.get('all_modules.0.bias')!;
    const reported = report.tensors.find(({ name }) => name === 'all_modules.0.bias')!;
    expect(reported.shape).toEqual([16]);
    expect(reported.largest).toBe(Math.max(...bias.data.map(Math.abs)));
    expect(reported.rms).toBeCloseTo(Math.hypot(...bias.data) / 4, 12);
    expect('state' in report).toBe(false);
    expect(report.warnings).toEqual([]);
  });

  it.each<[string, (data: Float32Array) => Float32Array, number, string[]]>([
    ['NaN', (data) => data.with(0, Number.NaN), 1, ['got NaN or infinity in "all_modules.0.weight";']],
    [
      '3e38',
      (data) => data.with(0, 3e38),
      2,
      ['got values above 65504 in "all_modules.0.weight" and 1 more'],
    ],
    ['zeros', (data) => data.map(() => 0), Number.POSITIVE_INFINITY, ['must not all be 0']],
    ['zeros but for a tensor', (data) => data.map(() => 0), 1, []],
  ])('names weights that no network is trained to: %s', async (_, change, tensors, sentences) => {
    const odd = new Map(
      [...state].map(([name, { shape, data }], n) => [
        name,
        { shape, data: n < tensors ? change(data as Float32Array) : data },
      ]),
    );
    const { warnings } = await inspectWeights({
      name: 'x',
      bytes: encodeWeights({ state: odd, config }, 'f32'),
    });
    expect(warnings).toEqual(sentences.map((sentence) => expect.stringContaining(sentence)));
  });
});

const SMALL_GOLDEN: Partial<GeneratorConfig> = {
  image_size: 32,
  num_channels_dae: 16,
  ch_mult: [1, 2, 2],
  num_res_blocks: 1,
  nz: 20,
  z_emb_dim: 32,
};

describe.skipIf(!hasWholeGolden)('golden checkpoints (need ../shared)', () => {
  it('holds the same network in all three files', async () => {
    const names = ['gen_diffusive_1_50.pth', 'gen_diffusive_1_50_legacy.pth', 'content.pth'];
    const [zip, legacy, content] = await Promise.all(
      names.map(async (name) => readWeights({ name, bytes: await readGolden(name) })),
    );
    expect(zip).toMatchObject({ format: 'pth-zip', dtype: 'f32', networks: [] });
    expect(legacy).toMatchObject({ format: 'pth-legacy', dtype: 'f32', networks: [] });
    expect(content).toMatchObject({
      format: 'pth-zip',
      networks: ['gen_diffusive_1'],
      network: 'gen_diffusive_1',
    });
    expect(zip.config).toEqual({ method: 'syndiff', ...PAPER_GENERATOR, ...SMALL_GOLDEN });
    expect(legacy.config).toEqual(zip.config);
    expect(content.config).toEqual(zip.config);
    expect(legacy.state).toEqual(zip.state);
    expect(content.state).toEqual(zip.state);
    expect(content.metadata.num_timesteps).toBe('4');
  });

  it('agrees to the bit with the weights of the golden sampling chain', async () => {
    const { tensors: stored } = readSafetensors(await readGolden('sampling.safetensors'));
    const { state: read } = await readWeights({
      name: 'gen_diffusive_1_50.pth',
      bytes: await readGolden('gen_diffusive_1_50.pth'),
    });
    const parameterNames = [...stored.keys()].filter((name) => name.startsWith('param.'));
    expect([...read.keys()].map((name) => `param.${name}`)).toEqual(parameterNames);
    for (const [name, { shape, data }] of read) {
      expect(stored.get(`param.${name}`)).toEqual({ dtype: 'F32', shape, data });
    }
  });
});

describe.skipIf(!existsSync(CHECKPOINTS_DIR))('checkpoints of the shipped models (need ../shared)', () => {
  it.each(['t1w-to-t2w', 't1w-to-flair'])('finds the network of %s', async (id) => {
    const name = `${id}.pth`;
    const weights = await readWeights({ name, bytes: readFileSync(join(CHECKPOINTS_DIR, name)) });
    expect(weights.config).toEqual({
      method: 'syndiff',
      ...PAPER_GENERATOR,
      num_channels_dae: 16,
      ch_mult: [1, 2, 4, 8, 8],
      num_res_blocks: 1,
      z_emb_dim: 64,
    });
    expect(weights.format).toBe('pth-zip');
  });
});
