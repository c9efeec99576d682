import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { AppStore } from './store';
import type { AppState } from './types';

export const StoreContext = createContext<AppStore | null>(null);

/** For what listens by itself; components take `useApp`. */
export function useAppStore(): AppStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error('useApp: must be used inside StoreContext, got none');
  return store;
}

/** Part of the state; the selector must return a value that is stable while the state is (see selectors.ts). */
export function useApp<T>(selector: (state: AppState) => T): T {
  return useStore(useAppStore(), selector);
}

/** The state as it is now, for event handlers. */
export function useGetState(): () => AppState {
  return useAppStore().getState;
}
