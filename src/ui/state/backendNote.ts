import type { EngineInfo } from '../../workers/translate/protocol';
import type { BackendChoice, Notice } from './types';

/** Where the page computes, and why not on WebGPU; a warning where it is not what was asked for or something is wrong. */
export function backendNote(requested: BackendChoice, info: EngineInfo): Pick<Notice, 'tone' | 'text'> {
  const { backend, trials } = info;
  const refused = trials.find((trial) => trial.outcome === 'refused');
  if (refused) return { tone: 'warn', text: `${refused.reason}; the page computes on ${backend} instead.` };
  if (requested !== 'auto' && requested !== backend) {
    const why =
      trials.find((trial) => trial.backend === requested)?.reason ?? `${requested} does not work here`;
    return { tone: 'warn', text: `${why}; the page computes on ${backend} instead.` };
  }
  if (backend === 'webgpu') return { tone: 'info', text: 'Computes on WebGPU.' };
  const why = trials.find((trial) => trial.backend === 'webgpu' && trial.outcome !== 'chosen')?.reason;
  return {
    tone: 'info',
    text: `Computes on ${backend}: the same images, but slower than on a GPU.${why ? ` ${why}.` : ''}`,
  };
}
