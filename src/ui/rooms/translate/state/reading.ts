/** What is being read. A file takes the place of the one before it, which may take long; the last one counts. */
import type { Context } from '../../../state/context';

export interface Reading {
  begin(opening: 'source' | 'reference'): AbortController;
  /** Only what has not been overtaken. */
  end(turn: AbortController): void;
  cancel(): void;
}

export function createReading({ get, set }: Pick<Context, 'get' | 'set'>): Reading {
  let turn: AbortController | null = null;
  const end: Reading['end'] = (one) => {
    if (turn !== one) return;
    turn = null;
    if (get().opening !== 'weights') set({ opening: null });
  };
  return {
    begin: (opening) => {
      turn?.abort();
      turn = new AbortController();
      set({ opening });
      return turn;
    },
    end,
    cancel: () => {
      turn?.abort();
      if (turn) end(turn);
    },
  };
}
