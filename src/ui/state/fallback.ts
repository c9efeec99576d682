import type { EngineInfo } from '../../workers/protocol';
import type { BackendChoice, Notice } from './types';

/** What the user must know of the backend that was taken: null where it is the one asked for, or WebGPU. */
export function fallbackNotice(requested: BackendChoice, info: EngineInfo): Omit<Notice, 'id'> | null {
  const refused = info.trials.find((trial) => trial.outcome === 'refused');
  if (refused)
    return { tone: 'warn', text: `${refused.reason}; the page computes on ${info.backend} instead.` };
  if (requested === info.backend || info.backend === 'webgpu') return null;
  const asked = requested === 'auto' ? 'webgpu' : requested;
  const why = info.trials.find((trial) => trial.backend === asked)?.reason ?? `${asked} does not work here`;
  return {
    tone: requested === 'auto' ? 'info' : 'warn',
    text: `${why}; the page computes on ${info.backend}, which gives the same images but takes longer than a GPU.`,
  };
}
