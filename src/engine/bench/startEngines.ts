/** The backends that are compared in one run: the one that was started, and wasm beside a GPU. */
import { type BackendEnvironment, type BackendName, type EngineInfo, startEngine } from '../backend/backend';
import * as tf from '../tf';

export interface SpeedEngines {
  /** The one that was started first; it computes. */
  engines: readonly EngineInfo[];
  /** Why others are not compared, a sentence each. */
  leftOut: readonly string[];
}

/** Others compute in the place of a GPU where it is not there, and beside it where it is. */
const ON_GPU: readonly BackendName[] = ['webgpu', 'webgl'];

/** @param first what `startEngine` has started; the environment is the same */
export async function enginesBeside(
  first: EngineInfo,
  environment: BackendEnvironment,
): Promise<SpeedEngines> {
  const leftOut = first.trials
    .filter(({ backend, outcome }) => backend === 'webgpu' && outcome !== 'chosen')
    .map(({ reason }) => `WebGPU is not compared: ${reason}.`);
  if (!ON_GPU.includes(first.backend)) return { engines: [first], leftOut };
  const beside = await startEngine('wasm', environment);
  const isThere = beside.backend === 'wasm';
  const why = beside.trials.find(({ backend }) => backend === 'wasm')?.reason;
  await tf.setBackend(first.backend);
  return {
    engines: isThere ? [first, beside] : [first],
    leftOut: isThere ? leftOut : [...leftOut, `wasm is not compared: ${why}.`],
  };
}

/** How far the oracle is from stored numbers of the self-test on each backend, a sentence. */
export const selfTestsText = (engines: readonly EngineInfo[]): string =>
  `Self-test of plain TensorFlow.js against stored numbers of a small network, largest relative error: ${engines
    .map(({ backend, selfTestError }) => `${selfTestError.toExponential(1)} on ${backend}`)
    .join(', ')}.`;

/**
 * What computes, in words: times are kept under it.
 * @param machine what is known of it, such as its processor
 */
export function deviceText(engines: readonly EngineInfo[], machine: string): string {
  return engines
    .map(({ backend, adapter }) => {
      const name =
        adapter && (adapter.description || [adapter.vendor, adapter.architecture].join(' ').trim());
      return [backend, name || machine].join(', ');
    })
    .join('; ');
}
