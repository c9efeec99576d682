import { useEffect } from 'react';
import { leavingLoses } from './rooms/translate/state/unsaved';
import { useApp } from './state/StoreContext';

/** The browser asks before the page is left or loaded again while something would end or be lost; in its own words. */
export function useLeaveQuestion(): void {
  const loses = useApp(leavingLoses);
  useEffect(() => {
    if (!loses) return;
    const onLeave = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', onLeave);
    return () => window.removeEventListener('beforeunload', onLeave);
  }, [loses]);
}
