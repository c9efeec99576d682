/** The networks that have kernels of our own, by where they are to be had: who leaves a backend out brings none of its code. */
import type { Generator } from '../networks/ncsnpp/run';
import type { ResnetGeneratorWeights } from '../networks/resnetGenerator/run';
import type * as tf from '../tf';
import { type FastDenoiser, fastDenoiser, ON_WASM, ON_WEBGPU } from './fastDenoiser';
import { fastResnetGenerator } from './fastOnePass';
import type { FastPath } from './fastPath';

export interface FastNetworks {
  denoiser(generator: Generator): FastDenoiser;
  /** Absent: by plain operations. */
  resnetGenerator?(weights: ResnetGeneratorWeights): FastPath<[tf.Tensor4D]>;
}

export const onEveryBackend: FastNetworks = {
  denoiser: (generator) => fastDenoiser(generator, { ...ON_WASM, ...ON_WEBGPU }),
  resnetGenerator: fastResnetGenerator,
};

/** For the images of trainings: their weights change, and a GPU would have to take its kernels' ones anew each time. */
export const onWasm: FastNetworks = { denoiser: (generator) => fastDenoiser(generator, ON_WASM) };
