/** The baselines' iterations, each as the official code runs it (golden/baselines/train_*). */

import type { MethodId } from '../engine/methods';
import { trainStep as attganStep } from '../engine/methods/attgan/train';
import { trainStep as cganStep } from '../engine/methods/cgan/train';
import { trainStep as saganStep } from '../engine/methods/sagan/train';
import { type AttentionUnetWeights, runAttentionUnet } from '../engine/networks/attentionUnet/run';
import { type ResnetGeneratorWeights, runResnetGenerator } from '../engine/networks/resnetGenerator/run';
import type * as tf from '../engine/tf';
import type { TrainingState, TrainStep } from '../engine/training/iteration';
import { presetSettings, type TrainSettings, withMethod } from '../engine/training/settings';
import { compareImage, type Golden } from './kit';
import type { Rehearsal } from './rehearsal';

/** By the file's name. */
export const REHEARSALS: Readonly<Record<string, Rehearsal>> = {
  'train_cgan.safetensors': cycleGan('cgan', cganStep, resnetImage, { values: 5e-4, gradients: 1e-3 }),
  'train_sagan.safetensors': cycleGan('sagan', saganStep, resnetImage, { values: 1e-3, gradients: 5e-3 }),
  'train_attgan.safetensors': cycleGan('attgan', attganStep, unetImage, { values: 5e-4, gradients: 1e-3 }),
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
