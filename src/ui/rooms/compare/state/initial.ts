import type { CompareData } from './types';

export const initialCompare: CompareData = {
  task: null,
  own: [],
  refused: [],
  left: new Set(),
  isReadingModels: false,
  pairs: [],
  opening: null,
  slices: 3,
  extras: [],
  run: null,
  kept: new Map(),
  reports: [],
  remarks: [],
  asked: null,
  backends: [],
  made: new Map(),
  shown: null,
};
