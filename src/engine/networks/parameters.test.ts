import { beforeAll, describe, expect, it } from 'vitest';
import { WeightsMismatch } from '../../errors';
import { hashWeights } from '../hash';
import * as tf from '../tf';
import { diffusiveDiscriminatorTable } from './diffusiveDiscriminator/table';
import { type GeneratorConfig, PAPER_GENERATOR } from './ncsnpp/config';
import { ncsnppTable } from './ncsnpp/table';
import { disposeTree, downloadState, leafOf, loadTree } from './parameters';
import { patchDiscriminatorTable } from './patchDiscriminator/table';
import { resnetGeneratorTable } from './resnetGenerator/table';
import type { ParameterTable } from './table';

const small: GeneratorConfig = {
  ...PAPER_GENERATOR,
  image_size: 32,
  num_channels_dae: 8,
  ch_mult: [1, 2],
  num_res_blocks: 1,
  nz: 5,
  z_emb_dim: 6,
};

const tables: [string, ParameterTable][] = [
  ['generator', ncsnppTable(small)],
  ['generator, Fourier embedding', ncsnppTable({ ...small, embedding_type: 'fourier' })],
  ['generator without FIR', ncsnppTable({ ...small, fir: false })],
  ['generator, one-AdaGN blocks', ncsnppTable({ ...small, resblock_type: 'biggan_oneadagn' })],
  ['generator without pyramid', ncsnppTable({ ...small, progressive_input: 'none' })],
  ['generator, output skip', ncsnppTable({ ...small, progressive: 'output_skip' })],
  ['generator of one level', ncsnppTable({ ...small, ch_mult: [1] })],
  ['ResNet generator', resnetGeneratorTable({ ngf: 2, n_blocks: 2 })],
  ['large discriminator', diffusiveDiscriminatorTable({ ngf: 2, t_emb_dim: 4, size: 'large' })],
  ['small discriminator', diffusiveDiscriminatorTable({ ngf: 2, t_emb_dim: 4, size: 'small' })],
  ['PatchGAN', patchDiscriminatorTable({ ndf: 2, n_layers: 3 })],
];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe.each(tables)('%s', (_, table) => {
  it('has every path and every name once', () => {
    expect(new Set(table.map(({ path }) => path)).size).toBe(table.length);
    expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
  });

  it("comes back from the tree under the authors' names, in their order and layout, without a leak", async () => {
    const state = hashWeights(5, table);
    const before = tf.memory().numTensors;
    const tree = loadTree<unknown>(table, state);
    expect(tf.memory().numTensors).toBe(before + table.length);
    const saved = await downloadState(
      table,
      table.map((row) => leafOf(tree, row)),
    );
    expect([...saved.keys()]).toEqual([...state.keys()]);
    expect(saved).toEqual(state);
    disposeTree(table, tree);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('loadTree', () => {
  const table = ncsnppTable(small);

  it('lays a convolution out as [kh, kw, in, out] and a dense layer as [in, out]', () => {
    const state = hashWeights(5, table);
    const tree = loadTree<{ input: { weight: tf.Tensor4D }; style: { weight: tf.Tensor2D }[] }>(table, state);
    const { shape, data } = state.get('all_modules.2.weight')!;
    expect([shape, tree.input.weight.shape]).toEqual([
      [8, 2, 3, 3],
      [3, 3, 2, 8],
    ]);
    // Kernel row 1, column 2, channel 1 in, channel 5 out.
    expect(tree.input.weight.arraySync()[1][2][1][5]).toBe(data[((5 * 2 + 1) * 3 + 1) * 3 + 2]);
    expect(tree.style[0].weight.arraySync()[4][3]).toBe(state.get('z_transform.1.weight')!.data[3 * 5 + 4]);
    disposeTree(table, tree);
  });

  it('names the first tensor that is missing, misshapen or superfluous, and makes none', () => {
    const before = tf.memory().numTensors;
    const changed = (change: (state: Map<string, { shape: number[]; data: Float32Array }>) => void) => {
      const state = new Map(
        [...hashWeights(5, table)].map(([name, { shape, data }]) => [name, { shape: [...shape], data }]),
      );
      change(state);
      return () => loadTree(table, state);
    };
    const missing = changed((state) => state.delete('all_modules.1.bias'));
    const misshapen = changed((state) => state.get('all_modules.1.bias')!.shape.push(1));
    const superfluous = changed((state) => state.set('extra', { shape: [1], data: new Float32Array(1) }));
    expect(missing).toThrow(WeightsMismatch);
    expect(missing).toThrow('"all_modules.1.bias" must be there with shape [32]');
    expect(misshapen).toThrow(/"all_modules.1.bias" must have shape \[32\] .*, got \[32,1\]/);
    expect(superfluous).toThrow('"extra" must not be there');
    expect(tf.memory().numTensors).toBe(before);
  });
});
