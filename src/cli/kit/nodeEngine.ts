import { type EngineInfo, startEngine } from '../../engine/backend/backend';
import { BadRequest } from '../../errors';
import { nodeEnvironment } from '../../platform/node/environment';
import type { OptionSpec } from './command';
import type { Io } from './io';

/** WebGL is a page's only. */
export const BACKENDS = ['auto', 'webgpu', 'wasm', 'cpu'] as const;
export type BackendChoice = (typeof BACKENDS)[number];

export const BACKEND_OPTION: OptionSpec = {
  value: BACKENDS.join('|'),
  text: 'where to compute; auto takes WebGPU on a real GPU, else wasm',
  default: 'auto',
};

export interface NodeEngine {
  readonly info: EngineInfo;
  /** Aborts on Ctrl-C and when the GPU fails; its reason is then the error to report. */
  readonly signal: AbortSignal;
}

/**
 * Starts the engine in Node: WebGPU through Dawn where a Vulkan device exists, else wasm.
 * Throws BadRequest where a backend was asked for by name and does not work here: a result under another name would mislead.
 */
export async function startNodeEngine(want: BackendChoice, stop: AbortSignal): Promise<NodeEngine> {
  const failed = new AbortController();
  const gpu = want === 'webgpu' ? 'all' : want === 'auto' ? 'hardware' : null;
  const info = await startEngine(want, await nodeEnvironment((error) => failed.abort(error), gpu));
  if (want !== 'auto' && info.backend !== want) {
    const why = info.trials.find(({ backend }) => backend === want)?.reason;
    throw new BadRequest(`--backend ${want}: does not work here (${why}); use --backend auto`);
  }
  return { info, signal: AbortSignal.any([stop, failed.signal]) };
}

/** Lets Ctrl-C be heard, and throws what the GPU failed with: nothing computed after that can be trusted. */
export function pauseOf({ signal }: NodeEngine, io: Io): () => Promise<void> {
  return async () => {
    await new Promise<void>((resolved) => setImmediate(resolved));
    if (signal.aborted && !io.signal.aborted) throw signal.reason;
  };
}
