import { describe, expect, it } from 'vitest';
import { goldenFiles, readGolden } from '../../../test/golden';
import { WeightsMismatch } from '../../errors';
import { goldenTensors } from '../../parity/golden';
import type { NamedTensor, StateDict } from '../formats/namedTensor';
import { type GeneratorConfig, PAPER_GENERATOR } from '../networks/ncsnpp/config';
import { ncsnppTable } from '../networks/ncsnpp/table';
import { METHODS } from '.';
import { inferNetwork, networkText, seenText } from './recognise';

const none = new Float32Array();
const shapes = (rows: Iterable<readonly [string, readonly number[]]>): Map<string, NamedTensor> =>
  new Map([...rows].map(([name, shape]) => [name, { shape, data: none }]));
const stateOf = (config: GeneratorConfig): Map<string, NamedTensor> =>
  shapes(ncsnppTable(config).map(({ name, shape }) => [name, shape]));

const small: GeneratorConfig = {
  ...PAPER_GENERATOR,
  image_size: 32,
  num_channels_dae: 8,
  ch_mult: [1, 2, 2],
  num_res_blocks: 1,
  nz: 20,
  z_emb_dim: 24,
};

describe('inferNetwork', () => {
  it.each<[string, Partial<GeneratorConfig>]>([
    ['the small network', {}],
    ['the paper', PAPER_GENERATOR],
    ['the 128-pixel network', { ch_mult: [1, 1, 2, 2, 4, 4], num_res_blocks: 2, image_size: 128 }],
    ['attention at two levels', { image_size: 64, ch_mult: [1, 1, 2, 4], attn_resolutions: [32, 16] }],
    ['attention at the first level', { image_size: 16 }],
    ['attention at the last level', { image_size: 64 }],
    ['one level', { ch_mult: [1], image_size: 16, num_res_blocks: 3, progressive_input: 'none' }],
    ['two levels, three blocks', { ch_mult: [2, 4], image_size: 32, num_res_blocks: 3 }],
    ['three channels', { num_channels: 3 }],
    ['Fourier embedding', { embedding_type: 'fourier' }],
    ['one AdaGN', { resblock_type: 'biggan_oneadagn' }],
    ['no FIR', { fir: false }],
    ['no pyramid', { progressive_input: 'none' }],
    ['no pyramid, many blocks', { progressive_input: 'none', num_res_blocks: 4, ch_mult: [1, 1, 1] }],
    ['output skip', { progressive: 'output_skip' }],
    ['no mapping layers', { n_mlp: 0 }],
    ['five mapping layers', { n_mlp: 5 }],
  ])('finds %s from names and shapes alone', (_, changes) => {
    const config = { ...small, ...changes };
    expect(inferNetwork(stateOf(config))).toEqual({ method: 'syndiff', ...config });
  });

  it('takes what weights cannot show from the record, else from the paper', () => {
    const hidden: GeneratorConfig = {
      ...small,
      not_use_tanh: true,
      centered: false,
      fir: false,
      progressive_input: 'none',
    };
    expect(inferNetwork(stateOf(hidden))).toEqual({
      method: 'syndiff',
      ...hidden,
      not_use_tanh: false,
      centered: true,
      fir: true,
    });
    expect(inferNetwork(stateOf(hidden), { ...hidden, dropout: 0 })).toEqual({
      method: 'syndiff',
      ...hidden,
    });
    // Without attention on the way the size leaves no trace.
    const bare = { ...small, image_size: 64, ch_mult: [1, 2], attn_resolutions: [16] };
    expect(inferNetwork(stateOf(bare))).toEqual({
      method: 'syndiff',
      ...bare,
      image_size: 256,
      attn_resolutions: [],
    });
    expect(inferNetwork(stateOf(bare), { ...bare })).toEqual({ method: 'syndiff', ...bare });
  });

  it.each([
    [{ num_channels_dae: 16 }, /"all_modules.0.weight" must have shape \[64,16\].*got \[32,8\]/],
    [{ image_size: 64 }, /"all_modules.7.GroupNorm_0.style.weight" must be there/],
    [
      { ch_mult: [1, 2, 'x'] },
      /ch_mult must be a list of one or more whole numbers from 1 to 4096, got \[1,2,"x"\]/,
    ],
    [{ fir: 1 }, /fir must be true or false, got 1/],
    [{ resblock_type: 'ddpm' }, /resblock_type must be one of biggan, biggan_oneadagn, got "ddpm"/],
    [{ skip_rescale: false }, /skip_rescale must be true, got false/],
    [{ fir_kernel: [1, 2, 1] }, /fir_kernel must be \[1,3,3,1\], got \[1,2,1\]/],
    [{ num_res_blocks: 4096 }, /layers must follow the order/],
    [{ n_mlp: 4096 }, /layers must follow the order/],
  ])('refuses the record %o against the weights', (record, message) => {
    expect(() => inferNetwork(stateOf(small), record)).toThrow(WeightsMismatch);
    expect(() => inferNetwork(stateOf(small), record)).toThrow(message);
  });

  it('names the first parameter that is missing, surplus or misshapen', () => {
    const name = 'all_modules.6.Conv_1.weight';
    const missing = stateOf(small);
    missing.delete(name);
    expect(() => inferNetwork(missing)).toThrow(`"${name}" must be there with shape [16,16,3,3]`);
    const surplus = stateOf(small);
    surplus.set('all_modules.99.weight', { shape: [1], data: none });
    expect(() => inferNetwork(surplus)).toThrow(WeightsMismatch);
    const misshapen = stateOf(small);
    misshapen.set(name, { shape: [16, 16, 5, 5], data: none });
    expect(() => inferNetwork(misshapen)).toThrow(/must have shape \[16,16,3,3\].*got \[16,16,5,5\]/);
  });

  it('refuses any half of a network with one sentence', () => {
    const whole = [...stateOf(small)];
    for (let count = 1; count < whole.length; count += 5) {
      expect(() => inferNetwork(new Map(whole.slice(0, count)))).toThrow(WeightsMismatch);
      expect(() => inferNetwork(new Map(whole.slice(-count)))).toThrow(WeightsMismatch);
    }
  });

  it.each<[string, [string, number[]][]]>([
    [
      'patch discriminator',
      [
        ['model.0.weight', [8, 1, 4, 4]],
        ['model.2.weight', [16, 8, 4, 4]],
      ],
    ],
    [
      'diffusive discriminator',
      [
        ['start_conv.weight', [8, 2, 1, 1]],
        ['end_linear.weight', [1, 8]],
      ],
    ],
    ['tensors such as "layer1.weight"', [['layer1.weight', [3]]]],
  ])('says that a file looks like: %s', (kind, rows) => {
    expect(() => inferNetwork(shapes(rows))).toThrow(WeightsMismatch);
    expect(() => inferNetwork(shapes(rows))).toThrow(kind);
  });
});

describe('inferNetwork on golden networks', () => {
  const generators = goldenFiles.filter((name) => /^(net_ncsnpp_.*|sampling)\.safetensors$/.test(name));

  async function open(name: string): Promise<{ state: StateDict; config: Record<string, unknown> }> {
    const { tensors, metadata } = goldenTensors(await readGolden(name));
    const parameters = [...tensors].filter(([key]) => key.startsWith('param.'));
    return {
      state: shapes(parameters.map(([key, { shape }]) => [key.slice('param.'.length), shape])),
      config: JSON.parse(metadata.config),
    };
  }

  it('has the golden networks', () => expect(generators.length).toBe(9));

  it.each(generators)('finds the configuration of %s', async (name) => {
    const { state, config } = await open(name);
    expect({ method: 'syndiff', ...config }).toMatchObject({ ...inferNetwork(state, config) });
    // Names and shapes alone give all but tanh, centring and, without a pyramid, FIR.
    const shown = { method: 'syndiff', ...config, not_use_tanh: false, centered: true };
    expect(shown).toMatchObject({ ...inferNetwork(state) });
  });

  it('finds R', async () => {
    const { state, config } = await open('net_resnet_generator.safetensors');
    expect(config).toMatchObject({ ngf: expect.any(Number), n_blocks: 6 });
    expect({ method: 'resnet', ...config }).toMatchObject({ ...inferNetwork(state) });
  });

  it('finds the paper in the full-size list', async () => {
    const list: [string, number[]][] = JSON.parse(
      new TextDecoder().decode(await readGolden('ncsnpp_readme_256.params.json')),
    );
    expect(inferNetwork(shapes(list))).toEqual({ method: 'syndiff', ...PAPER_GENERATOR });
  });

  it.each([
    ['net_patch_discriminator', 'patch discriminator'],
    ['net_diffusive_discriminator_large', 'diffusive discriminator'],
    ['net_diffusive_discriminator_small', 'diffusive discriminator'],
  ])('knows %s for a %s', async (name, kind) => {
    const { state } = await open(`${name}.safetensors`);
    expect(() => inferNetwork(state)).toThrow(`got a ${kind}`);
  });
});

describe('words for networks', () => {
  it('have the right article, and each name once', () => {
    expect(networkText(METHODS.munit)).toBe('an encoder and decoder of MUNIT');
    expect(networkText(METHODS.attgan)).toBe('an attention U-Net (AttGAN)');
    expect(networkText(METHODS['unit-ddpm'])).toBe('a denoising U-Net of UNIT-DDPM');
    for (const { label, ...method } of Object.values(METHODS))
      expect(networkText({ label, ...method }).split(label)).toHaveLength(2);
  });

  it('show some names of what nobody knows', () => {
    expect(seenText(['a', 'b', 'c', 'd'])).toBe('tensors such as "a", "b", "c"');
  });
});
