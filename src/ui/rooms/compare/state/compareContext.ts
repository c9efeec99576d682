/** What the Compare room's groups of actions share. */
import type { Context } from '../../../state/context';
import type { CompareData } from './types';

export interface CompareContext extends Context {
  compare(): CompareData;
  patch(change: Partial<CompareData> | ((compare: CompareData) => Partial<CompareData>)): void;
}

export function compareContext(context: Context): CompareContext {
  const { get, set } = context;
  return {
    ...context,
    compare: () => get().compare,
    patch: (change) =>
      set(({ compare }) => ({
        compare: { ...compare, ...(typeof change === 'function' ? change(compare) : change) },
      })),
  };
}
