/** The baselines' iterations, each as the official code runs it (golden/baselines/train_*). */

import type { NamedTensor } from '../engine/formats/namedTensor';
import { gatherStrided } from '../engine/formats/strided';
import type { MethodId } from '../engine/methods';
import { trainStep as attganStep } from '../engine/methods/attgan/train';
import { trainStep as cganStep } from '../engine/methods/cgan/train';
import { ddpmStep } from '../engine/methods/ddpm/train';
import { munitStep } from '../engine/methods/munit/train';
import { trainStep as saganStep } from '../engine/methods/sagan/train';
import { unitStep } from '../engine/methods/unit/train';
import { unitDdpmStep } from '../engine/methods/unit-ddpm/train';
import { type AttentionUnetWeights, runAttentionUnet } from '../engine/networks/attentionUnet/run';
import {
  type DecoderWeights,
  type EncoderWeights,
  runDecoder,
  runEncoder,
} from '../engine/networks/contentAutoencoder/run';
import { decodeWithStyle, type StyleNetworkWeights } from '../engine/networks/contentAutoencoder/style';
import { type ResnetGeneratorWeights, runResnetGenerator } from '../engine/networks/resnetGenerator/run';
import * as tf from '../engine/tf';
import type { TrainingState, TrainStep } from '../engine/training/iteration';
import { presetSettings, type TrainSettings, withMethod } from '../engine/training/settings';
import { otherSide, type Side } from '../engine/training/sides';
import { compareImage, type Golden } from './kit';
import type { Rehearsal } from './rehearsal';

/** By the file's name. */
export const REHEARSALS: Readonly<Record<string, Rehearsal>> = {
  'train_cgan.safetensors': cycleGan('cgan', cganStep, resnetImage, { values: 5e-4, gradients: 1e-3 }),
  'train_sagan.safetensors': cycleGan('sagan', saganStep, resnetImage, { values: 1e-3, gradients: 5e-3 }),
  'train_attgan.safetensors': cycleGan('attgan', attganStep, unetImage, { values: 5e-4, gradients: 1e-3 }),
  'train_unit.safetensors': unit(),
  'train_munit.safetensors': munit(),
  'train_ddpm.safetensors': ddpm(),
  'train_unit_ddpm.safetensors': unitDdpm(),
};

type Translate = (state: TrainingState, network: string, x: tf.Tensor4D) => tf.Tensor4D;

function resnetImage(state: TrainingState, network: string, x: tf.Tensor4D): tf.Tensor4D {
  return runResnetGenerator(state.networks.get(network)!.tree as ResnetGeneratorWeights, x);
}

function unetImage(state: TrainingState, network: string, x: tf.Tensor4D): tf.Tensor4D {
  return runAttentionUnet(state.networks.get(network)!.tree as AttentionUnetWeights, x);
}

/** A and B are contrasts 1 and 2, netG_A makes B of A, netD_A judges B. */
function cycleGan(
  method: MethodId,
  step: TrainStep,
  translate: Translate,
  tolerances: Omit<Rehearsal['tolerances'], 'losses'>,
): Rehearsal {
  return {
    settings: (golden) => {
      const { ngf, width, ndf } = golden.config as { ngf?: number; width?: number; ndf: number };
      const { lambda_cycle } = JSON.parse(golden.metadata.hyper) as { lambda_cycle: number };
      return settingsOf(golden, method, 'in.A', {
        widths: { r: ngf ?? width!, patch: ndf },
        options: { 'cycle-weight': lambda_cycle },
      });
    },
    networks: { 'g.b': 'netG_A', 'g.a': 'netG_B', 'd.b': 'netD_A', 'd.a': 'netD_B' },
    images: { a: 'in.A', b: 'in.B' },
    step: () => step,
    losses: [
      [['adversarial'], ({ G_A, G_B }) => G_A + G_B],
      // Theirs have the weight of 100 in them, and the half.
      [['cycle'], ({ Cyc_A, Cyc_B }) => (Cyc_A + Cyc_B) / 100],
      [['dReal', 'dFake'], ({ D_A, D_B }) => 2 * (D_A + D_B)],
      [['generator'], ({ G }) => G],
    ],
    values: async (golden, state, { a, b }) =>
      Math.max(
        await compareImage(() => translate(state, 'g.b', a), golden.tensor('out.fake_B')),
        await compareImage(() => translate(state, 'g.a', b), golden.tensor('out.fake_A')),
        await compareImage(
          () => translate(state, 'g.a', translate(state, 'g.b', a)),
          golden.tensor('out.rec_A'),
        ),
        await compareImage(
          () => translate(state, 'g.b', translate(state, 'g.a', b)),
          golden.tensor('out.rec_B'),
        ),
      ),
    tolerances: { losses: 1e-4, ...tolerances },
  };
}

function unit(): Rehearsal {
  /** Ours of theirs; [b, c, h, w] as [b, h, w, c]. */
  const noises: Readonly<Record<string, string>> = {
    ...{ 'd.a': 'dis.n_a', 'd.b': 'dis.n_b', 'g.a': 'gen.n_a', 'g.b': 'gen.n_b' },
    ...{ 'back.a': 'gen.n_a_recon', 'back.b': 'gen.n_b_recon' },
  };
  const tree = (state: TrainingState, name: string) => state.networks.get(name)!.tree;
  const encode = (state: TrainingState, side: Side, x: tf.Tensor4D) =>
    runEncoder(tree(state, `e.${side}`) as EncoderWeights, x);
  const decode = (state: TrainingState, side: Side, code: tf.Tensor4D) =>
    runDecoder(tree(state, `g.${side}`) as DecoderWeights, code);
  return {
    settings: (golden) => {
      const { gen, dis, ...weights } = golden.config as unknown as OfficialConfig;
      return settingsOf(golden, 'unit', 'in.x_a', {
        widths: { r: gen.dim, patch: dis.dim },
        options: {
          'weight-image': weights.recon_x_w,
          'weight-image-cycle': weights.recon_x_cyc_w,
          'weight-kl': weights.recon_kl_w,
          scales: dis.num_scales,
        },
      });
    },
    networks: {
      ...{ 'e.a': 'gen_a', 'g.a': 'gen_a', 'e.b': 'gen_b', 'g.b': 'gen_b' },
      ...{ 'd.a': 'dis_a', 'd.b': 'dis_b' },
    },
    images: { a: 'in.x_a', b: 'in.x_b' },
    step: (golden) => unitStep((name) => channelsLast(golden.tensor(`in.${noises[name]}`))),
    losses: [
      [['adversarial'], (l) => l.loss_gen_adv_a + l.loss_gen_adv_b],
      [['reconstruction'], (l) => l.loss_gen_recon_x_a + l.loss_gen_recon_x_b],
      [['cycle'], (l) => l.loss_gen_cyc_x_a + l.loss_gen_cyc_x_b],
      [
        ['kl'],
        (l) =>
          l.loss_gen_recon_kl_a +
          l.loss_gen_recon_kl_b +
          l.loss_gen_recon_kl_cyc_aba +
          l.loss_gen_recon_kl_cyc_bab,
      ],
      [['dReal', 'dFake'], (l) => l.loss_dis_total],
      [['generator'], (l) => l.loss_gen_total],
    ],
    values: async (golden, state, { a, b }) =>
      Math.max(
        await compareImage(
          () => decode(state, 'b', encode(state, 'a', a)),
          golden.tensor('out.translate.x_ab'),
        ),
        await compareImage(
          () => decode(state, 'a', encode(state, 'b', b)),
          golden.tensor('out.translate.x_ba'),
        ),
      ),
    tolerances: { losses: 1e-4, values: 2e-4, gradients: 1e-3 },
  };
}

function munit(): Rehearsal {
  const styles: Readonly<Record<string, string>> = {
    ...{ 'd.a': 'dis.s_a', 'd.b': 'dis.s_b', 'g.a': 'gen.s_a', 'g.b': 'gen.s_b' },
  };
  const tree = (state: TrainingState, name: string) => state.networks.get(name)!.tree;
  const translate = (state: TrainingState, from: Side, x: tf.Tensor4D, { shape, data }: NamedTensor) =>
    decodeWithStyle(
      tree(state, `g.${otherSide(from)}`) as DecoderWeights & StyleNetworkWeights,
      runEncoder(tree(state, `e.${from}`) as EncoderWeights, x),
      tf.tensor2d(data, [shape[0], shape[1]]),
    );
  return {
    settings: (golden) => {
      const { gen, dis, ...weights } = golden.config as unknown as OfficialConfig;
      return settingsOf(golden, 'munit', 'in.x_a', {
        widths: { r: gen.dim, patch: dis.dim },
        options: {
          'weight-image': weights.recon_x_w,
          'weight-content': weights.recon_c_w,
          'weight-style': weights.recon_s_w,
          'style-length': gen.style_dim!,
          'style-width': gen.mlp_dim!,
          scales: dis.num_scales,
        },
      });
    },
    networks: {
      ...{ 'e.a': 'gen_a', 'g.a': 'gen_a', 's.a': 'gen_a' },
      ...{ 'e.b': 'gen_b', 'g.b': 'gen_b', 's.b': 'gen_b' },
      ...{ 'd.a': 'dis_a', 'd.b': 'dis_b' },
    },
    images: { a: 'in.x_a', b: 'in.x_b' },
    step: (golden) => munitStep((name) => Float32Array.from(golden.tensor(`in.${styles[name]}`).data)),
    losses: [
      [['adversarial'], (l) => l.loss_gen_adv_a + l.loss_gen_adv_b],
      [['reconstruction'], (l) => l.loss_gen_recon_x_a + l.loss_gen_recon_x_b],
      [['content'], (l) => l.loss_gen_recon_c_a + l.loss_gen_recon_c_b],
      [['style'], (l) => l.loss_gen_recon_s_a + l.loss_gen_recon_s_b],
      [['dReal', 'dFake'], (l) => l.loss_dis_total],
      [['generator'], (l) => l.loss_gen_total],
    ],
    values: async (golden, state, { a, b }) =>
      Math.max(
        await compareImage(
          () => translate(state, 'a', a, golden.tensor('in.translate.s_b')),
          golden.tensor('out.translate.x_ab'),
        ),
        await compareImage(
          () => translate(state, 'b', b, golden.tensor('in.translate.s_a')),
          golden.tensor('out.translate.x_ba'),
        ),
      ),
    tolerances: { losses: 1e-4, values: 2e-4, gradients: 1e-3 },
  };
}

/** What UNIT's and MUNIT's configuration files have. */
interface OfficialConfig extends Record<string, unknown> {
  gen: { dim: number; mlp_dim?: number; style_dim?: number };
  dis: { dim: number; num_scales: number };
  recon_x_w: number;
  recon_x_cyc_w: number;
  recon_kl_w: number;
  recon_c_w: number;
  recon_s_w: number;
}

/** [b, c, h, w] -> [b, h, w, c]. */
function channelsLast({ shape, data }: NamedTensor): Float32Array {
  const [b, c, h, w] = shape;
  return gatherStrided(Float32Array.from(data), [b, h, w, c], [c * h * w, w, 1, h * w]);
}

/** What the diffusive methods' files tell of their U-Nets. */
interface UnetOfFile {
  width: number;
  groups: number;
  mult: number[];
  nres: number;
  attention: number[];
}

/** The generator's settings that give this U-Net for images of `size`. */
function generatorOf({ width, mult, nres, attention }: UnetOfFile, size: number) {
  const { generator } = presetSettings('tiny', { a: 'T1w', b: 'T2w' });
  return {
    ...generator,
    image_size: size,
    num_channels_dae: width,
    ch_mult: mult,
    num_res_blocks: nres,
    attn_resolutions: attention.map((factor) => size / factor),
  };
}

function ddpm(): Rehearsal {
  const number = (side: Side) => (side === 'a' ? 1 : 2);
  return {
    settings: (golden) => {
      const { U, R, D } = golden.config as unknown as {
        U: UnetOfFile;
        R: { ngf: number };
        D: { ndf: number };
      };
      const { lambda_cycle } = JSON.parse(golden.metadata.hyper) as { lambda_cycle: number };
      const settings = settingsOf(golden, 'ddpm', 'in.x1', {
        widths: { r: R.ngf, patch: D.ndf },
        options: { 'weight-cycle': lambda_cycle, groups: U.groups },
      });
      return { ...settings, generator: generatorOf(U, settings.size) };
    },
    networks: {
      ...{ 'g.a': 'U1', 'g.b': 'U2', 'r.b': 'R12', 'r.a': 'R21' },
      ...{ 'p.a': 'D1', 'p.b': 'D2' },
    },
    images: { a: 'in.x1', b: 'in.x2' },
    step: (golden) =>
      ddpmStep({
        times: (side) => [...golden.tensor(`in.t${number(side)}`).data],
        noise: (side) => Float32Array.from(golden.tensor(`in.noise${number(side)}`).data),
      }),
    losses: [
      [['dPatchReal'], (l) => l.D_real],
      [['dPatchFake'], (l) => l.D_fake],
      [['noise'], (l) => l.mse1 + l.mse2],
      [['bound'], (l) => l.vb1 + l.vb2],
      [['gPatch'], (l) => l.adv],
      [['cycle'], (l) => l.cycle],
      [['generator'], (l) => l.G],
    ],
    values: async (golden, state, { a, b }) =>
      Math.max(
        await compareImage(() => resnetImage(state, 'r.b', a), golden.tensor('out.y2')),
        await compareImage(() => resnetImage(state, 'r.a', b), golden.tensor('out.y1')),
      ),
    tolerances: { losses: 1e-3, values: 1e-3, gradients: 1e-3 },
  };
}

function unitDdpm(): Rehearsal {
  const number = (side: Side) => (side === 'a' ? 1 : 2);
  return {
    settings: (golden) => {
      const { eps, g } = golden.config as unknown as { eps: UnetOfFile; g: { ngf: number } };
      const { lambda_cycle } = JSON.parse(golden.metadata.hyper) as { lambda_cycle: number };
      const settings = settingsOf(golden, 'unit-ddpm', 'in.x1', {
        widths: { r: g.ngf },
        options: { 'weight-cycle': lambda_cycle, groups: eps.groups },
      });
      return { ...settings, generator: generatorOf(eps, settings.size) };
    },
    networks: { 'g.a': 'eps1', 'g.b': 'eps2', 'r.b': 'g12', 'r.a': 'g21' },
    images: { a: 'in.x1', b: 'in.x2' },
    step: (golden) =>
      unitDdpmStep({
        times: (side) => [...golden.tensor(`in.t${number(side)}`).data],
        noise: (side) => Float32Array.from(golden.tensor(`in.noise${number(side)}`).data),
      }),
    losses: [
      [['noise'], (l) => l.A],
      [['translation'], (l) => l.B1 + l.B2],
      [['crossed'], (l) => l.cross1 + l.cross2],
      [['cycle'], (l) => l.cycle],
      [['generator'], (l) => l.B],
    ],
    values: async (golden, state, { a, b }) =>
      Math.max(
        await compareImage(() => resnetImage(state, 'r.b', a), golden.tensor('out.fake2')),
        await compareImage(() => resnetImage(state, 'r.a', b), golden.tensor('out.fake1')),
      ),
    tolerances: { losses: 1e-4, values: 1e-4, gradients: 1e-3 },
  };
}

/** Settings of a run of the file's images. */
function settingsOf(
  golden: Golden,
  method: MethodId,
  images: string,
  changes: { widths: Partial<TrainSettings['widths']>; options: Record<string, number> },
): TrainSettings {
  const [batch, , size] = golden.tensor(images).shape;
  const base = withMethod(presetSettings('tiny', { a: 'T1w', b: 'T2w' }), method);
  return {
    ...base,
    size,
    batch,
    widths: { ...base.widths, ...changes.widths },
    options: { ...base.options, ...changes.options },
    recompute: false,
  };
}
