import { initialCompare } from '../rooms/compare/state/initial';
import { initialTrain } from '../rooms/train/state/initial';
import { FIT, FULL_WINDOWS } from '../rooms/translate/state/viewActions';
import type { AppData } from './types';

export const initialData: AppData = {
  engine: { phase: 'starting', requested: 'auto', info: null, startedOn: null, failure: null },
  threads: null,
  batch: null,
  models: [],
  loaded: {},
  own: {},
  held: null,
  cardId: null,
  opening: null,
  read: null,
  saving: null,
  isReturning: false,
  leftovers: null,
  source: null,
  sourceFiles: [],
  reference: null,
  referenceFiles: [],
  question: null,
  pick: null,
  inputCheck: null,
  settings: { seed: 0, samples: 1, noise: 'shared', preview: true },
  range: { kind: 'visible' },
  run: null,
  results: [],
  view: { slice: 0, mode: 'side', windows: FULL_WINDOWS, transform: FIT, probe: null, mix: 0.5 },
  notices: [],
  train: initialTrain,
  compare: initialCompare,
};
