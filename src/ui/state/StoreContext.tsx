import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import { calmStore, type ReadStore } from './calmStore';
import type { AppStore } from './store';
import type { AppState } from './types';

export const StoreContext = createContext<AppStore | null>(null);

/** For what listens by itself; components take `useApp`. */
export function useAppStore(): AppStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error('useApp: must be used inside StoreContext, got none');
  return store;
}

/** Which state `useApp` follows; null: the store itself. */
const Followed = createContext<ReadStore | null>(null);

/** What is in it follows what changes many times a second at its ease (`calmStore.ts`). */
export function Calm({ children }: { children: ReactNode }) {
  const store = useAppStore();
  const calm = useMemo(() => calmStore(store, () => performance.now()), [store]);
  return <Followed value={calm}>{children}</Followed>;
}

/** Within `Calm`, what follows each change at once. */
export function Live({ children }: { children: ReactNode }) {
  return <Followed value={null}>{children}</Followed>;
}

/** Part of the state; the selector must return a value that is stable while the state is (see selectors.ts). */
export function useApp<T>(selector: (state: AppState) => T): T {
  const store = useAppStore();
  return useStore(useContext(Followed) ?? store, selector);
}

/** The state as it is now, for event handlers. */
export function useGetState(): () => AppState {
  return useAppStore().getState;
}
