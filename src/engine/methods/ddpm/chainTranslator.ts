/** A translator by a chain of many steps, whatever the chain: its start, its images on the way, and which of them are shown. */
import { COSINE_STEPS, type CosineSchedule, keptSteps, makeCosineSchedule } from '../../diffusion/cosine';
import * as tf from '../../tf';
import { chainFrames } from '../chainFrames';
import type { Draws, RunTranslator } from '../translator';

interface ChainImages {
  index: number;
  x0: tf.Tensor4D;
  x: tf.Tensor4D;
}

type Chain = (
  schedule: CosineSchedule,
  source: tf.Tensor4D,
  draws: Draws,
  signal?: AbortSignal,
) => AsyncIterable<ChainImages>;

/**
 * @param steps as many as the card keeps of the thousand
 * @throws BadRequest where that is no number of the schedule's
 */
export function chainTranslator(steps: number, chain: Chain): RunTranslator {
  const schedule = makeCosineSchedule(steps === COSINE_STEPS ? undefined : keptSteps(steps));
  const shown = chainFrames(steps);
  const kept = new Set(shown.map(({ image }) => image));
  return {
    frames: shown.map(({ label }) => label),
    steps,
    keeps: (image) => kept.has(image),
    random: true,
    async *run(source, draws, signal) {
      const begin = tf.tensor4d(draws.noise(steps), source.shape);
      try {
        yield begin;
      } finally {
        begin.dispose();
      }
      for await (const { index, x0, x } of chain(schedule, source, draws, signal)) yield index === 0 ? x : x0;
    },
  };
}
