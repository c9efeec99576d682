import { presetSettings } from '../../../../workers/train/settings';
import type { TrainData } from './types';

export const initialTrain: TrainData = {
  phase: 'idle',
  settings: presetSettings('tiny', { a: 'T1w', b: 'FLAIR' }),
  every: { preview: 50, validation: 100, checkpoint: 100 },
  start: { cardId: null, sources: {} },
  ownStarts: {},
  rCards: {},
  isReadingStart: false,
  volumes: [],
  filters: { a: {}, b: {} },
  adding: null,
  estimate: null,
  isEstimating: false,
  isStarting: false,
  backend: null,
  kernels: [],
  run: null,
  stored: null,
  unreadable: [],
  isKept: null,
  cardWords: null,
  isExporting: false,
};
