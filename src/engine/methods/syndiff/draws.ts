/**
 * Every random number of one iteration but the choice of its slices (training/batches.ts). They depend on the run's seed and the
 * iteration alone, so that a resumed run goes on as if it had not been stopped.
 */
import { normals, uniforms } from '../../random';
import { type TrainSettings, trainedSize } from '../../training/settings';
import type { Side } from '../../training/sides';
import { trainKey } from '../../training/streams';

/** What a diffusive generator and its discriminator draw in one phase, for a batch of one contrast. */
export interface PhaseDraws {
  /** Diffusion step of each image, uniform over 0..n-1. */
  t: number[];
  /** N(0, 1), batch*side*side each: of x_t, of x_(t+1) given x_t, and of the posterior's sample. */
  noise: Float32Array;
  pairNoise: Float32Array;
  posteriorNoise: Float32Array;
  /** N(0, 1), batch*nz: the generator's latent. */
  z: Float32Array;
}

/** d: the discriminators' phase, g: the generators', each with numbers of its own (SYNDIFF.md section 4). */
export interface StepDraws {
  d: Record<Side, PhaseDraws>;
  g: Record<Side, PhaseDraws>;
}

/** @param step iterations done before this one, 0 at first */
export function drawsOf(
  settings: Pick<TrainSettings, 'seed' | 'batch' | 'size' | 'crop' | 'generator' | 'diffusion'>,
  step: number,
): StepDraws {
  const { seed, batch, generator, diffusion } = settings;
  const image = batch * trainedSize(settings) ** 2;
  const phaseDraws = (phase: keyof StepDraws, side: Side): PhaseDraws => {
    const key = (kind: keyof PhaseDraws) => trainKey(seed, `${phase}.${side}.${kind}`, step);
    return {
      t: Array.from(uniforms(key('t'), batch), (u) => Math.floor(u * diffusion.steps)),
      noise: normals(key('noise'), image),
      pairNoise: normals(key('pairNoise'), image),
      posteriorNoise: normals(key('posteriorNoise'), image),
      z: normals(key('z'), batch * generator.nz),
    };
  };
  const bothSides = (phase: keyof StepDraws) => ({ a: phaseDraws(phase, 'a'), b: phaseDraws(phase, 'b') });
  return { d: bothSides('d'), g: bothSides('g') };
}
