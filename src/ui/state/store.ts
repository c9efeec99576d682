/** The page's state: plain data, and actions that call the engine's client. Made once in main.tsx, in tests with a fake client. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { compareActions } from '../rooms/compare/state/compareActions';
import { trainActions } from '../rooms/train/state/trainActions';
import { createInputCheck } from '../rooms/translate/state/inputCheck';
import { createPick } from '../rooms/translate/state/pick';
import { resultActions } from '../rooms/translate/state/results';
import { runActions } from '../rooms/translate/state/run';
import { scanActions } from '../rooms/translate/state/scans';
import { createScoring } from '../rooms/translate/state/scoring';
import { viewActions } from '../rooms/translate/state/viewActions';
import { choiceActions } from './choices';
import type { Context, Services } from './context';
import { createEngine } from './engine';
import { initialData } from './initialData';
import { leftoverActions } from './keep/leftovers';
import { noticeActions } from './notices';
import { ownWeightsActions } from './ownWeights';
import type { AppState } from './types';

export type AppStore = StoreApi<AppState>;

export function createAppStore(services: Services): AppStore {
  return createStore<AppState>()((set, get, api) => {
    const { report, former, ...notices } = noticeActions(get, set);
    const context: Context = { get, set, services, notify: notices.notify, report, former };
    const scoreMissing = createScoring(context);
    const engine = createEngine(context);
    const pick = createPick(context);
    api.subscribe(createInputCheck(context));
    return {
      ...initialData,
      threads: services.threads?.wanted() ?? null,
      batch: services.batch?.wanted() ?? null,
      actions: {
        ...notices,
        ...engine.actions,
        ...scanActions(context, scoreMissing, engine.whenStarted, pick),
        ...ownWeightsActions(context, scoreMissing),
        ...choiceActions(context, scoreMissing),
        ...runActions(context, scoreMissing),
        ...resultActions(context),
        ...viewActions(context),
        ...leftoverActions(context),
        train: trainActions(context),
        compare: compareActions(context, pick, engine.whenStarted),
      },
    };
  });
}
