import { availableParallelism } from 'node:os';
import {
  type BackendEnvironment,
  defaultThreads,
  type EngineInfo,
  NO_KERNELS,
  startEngine,
} from '../../engine/backend/backend';
import { MOST_THREADS } from '../../engine/kernels/wasm/taskLine';
import { BadRequest } from '../../errors';
import { nodeEnvironment } from '../../platform/node/environment';
import type { Arguments, OptionSpec } from './command';
import type { Io } from './io';
import { oneOf, optional, wholeNumber } from './options';

/** WebGL is a page's only. */
const BACKENDS = ['auto', 'webgpu', 'wasm', 'cpu'] as const;
type BackendChoice = (typeof BACKENDS)[number];

/** Of every command that computes; read by `engineChoice`. */
export const ENGINE_OPTIONS = {
  backend: {
    value: BACKENDS.join('|'),
    text: 'where to compute; auto takes WebGPU on a real GPU, else wasm',
    default: 'auto',
  },
  threads: {
    value: 'N',
    text: 'threads on wasm, which change the time alone (default: as many as there are cores, at most 4)',
  },
} satisfies Record<string, OptionSpec>;

export interface EngineChoice {
  backend: BackendChoice;
  threads: number;
}

/** @throws BadRequest for a backend or a number of threads that there cannot be */
export function engineChoice(args: Arguments): EngineChoice {
  const backend = oneOf(args, 'backend', BACKENDS);
  const threads = optional(args, 'threads', (a, n) => wholeNumber(a, n, 1, MOST_THREADS));
  if (threads !== undefined && (backend === 'webgpu' || backend === 'cpu'))
    throw new BadRequest(`--threads: is of wasm, got it with --backend ${backend}; leave one of them out`);
  return { backend, threads: threads ?? defaultThreads(availableParallelism()) };
}

export interface NodeEngine {
  readonly info: EngineInfo;
  /** What it was started in. */
  readonly environment: BackendEnvironment;
  /** Aborts on Ctrl-C and when the GPU fails; its reason is then the error to report. */
  readonly signal: AbortSignal;
}

/**
 * Starts the engine in Node: WebGPU through Dawn where a Vulkan device exists, else wasm.
 * @param trains as of BackendEnvironment
 * Throws BadRequest where a backend was asked for by name and does not work here: a result under another name would mislead.
 */
export async function startNodeEngine(
  { backend: want, threads }: EngineChoice,
  stop: AbortSignal,
  trains = false,
): Promise<NodeEngine> {
  const failed = new AbortController();
  const gpu = want === 'webgpu' ? 'all' : want === 'auto' ? 'hardware' : null;
  const environment = { ...(await nodeEnvironment((error) => failed.abort(error), gpu, threads)), trains };
  const info = await startEngine(want, environment);
  if (want !== 'auto' && info.backend !== want) {
    const why = info.trials.find(({ backend }) => backend === want)?.reason;
    throw new BadRequest(`--backend ${want}: does not work here (${why}); use --backend auto`);
  }
  return { info, environment, signal: AbortSignal.any([stop, failed.signal]) };
}

/** What computes, for stderr. */
export function engineSentence({ backend, reason, threads, features }: EngineInfo): string {
  // Where others were tried before, the reason names it.
  const chosen = `backend ${reason.startsWith(`${backend}, `) ? reason : `${backend}: ${reason}`}`;
  const refused = features.filter((feature) => feature.startsWith(NO_KERNELS));
  if (!threads) return [chosen, ...refused].join('; ');
  const { count, note } = threads;
  const number = count === 1 ? 'one thread' : `${count} threads`;
  return `${chosen}; ${number}${note === null ? '' : `, because ${note}`}`;
}

/** Lets Ctrl-C be heard, and throws what the GPU failed with: nothing computed after that can be trusted. */
export function pauseOf({ signal }: NodeEngine, io: Io): () => Promise<void> {
  return async () => {
    await new Promise<void>((resolved) => setImmediate(resolved));
    if (signal.aborted && !io.signal.aborted) throw signal.reason;
  };
}
