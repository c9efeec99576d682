/** What is looked at and how. */
import type { Context } from '../../../state/context';
import type { AppActions, ViewState } from '../../../state/types';
import { clamp } from './slices';

export const FULL_WINDOWS: ViewState['windows'] = {
  image: { center: 0.5, width: 1 },
  difference: { center: 0, width: 1 },
  spread: { center: 0.1, width: 0.2 },
  // Soft tissue of a head: grey from fat to blood, bone white.
  hu: { center: 40, width: 400 },
  huDifference: { center: 0, width: 1000 },
  huSpread: { center: 100, width: 200 },
};

export const FIT: ViewState['transform'] = { zoom: 1, pan: { x: 0, y: 0 } };

type ViewActions = Pick<
  AppActions,
  'setSlice' | 'stepSlice' | 'setMode' | 'setWindow' | 'setTransform' | 'setProbe' | 'setMix' | 'resetView'
>;

export function viewActions({ get, set }: Context): ViewActions {
  const patch = (change: Partial<ViewState>) => set(({ view }) => ({ view: { ...view, ...change } }));
  const setSlice = (slice: number) => {
    const { source, view } = get();
    if (!source) return;
    const next = clamp(Math.round(slice), 0, source.shape[2] - 1);
    if (next !== view.slice) patch({ slice: next });
  };
  return {
    setSlice,
    stepSlice: (delta) => setSlice(get().view.slice + delta),
    setMode: (mode) => patch({ mode }),
    setWindow: (group, next) => patch({ windows: { ...get().view.windows, [group]: next } }),
    setTransform: (transform) => patch({ transform }),
    setProbe: (probe) => patch({ probe }),
    setMix: (mix) => patch({ mix: clamp(mix, 0, 1) }),
    resetView: () => patch({ transform: FIT, windows: FULL_WINDOWS }),
  };
}
