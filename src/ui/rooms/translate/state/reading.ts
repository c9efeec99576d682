/** What is being read. A file takes the place of one of its kind before it, which may take long; the last one counts. */
import type { Context } from '../../../state/context';

type Kind = 'source' | 'reference' | 'style';

export interface Reading {
  begin(kind: Kind): AbortController;
  /** How much of it is there, 0..1; of the last one begun the screen shows it. */
  tell(turn: AbortController, share: number): void;
  /** Only what has not been overtaken. */
  end(turn: AbortController): void;
  cancel(): void;
}

export function createReading({ get, set }: Pick<Context, 'get' | 'set'>): Reading {
  const turns = new Map<Kind, AbortController>();
  const show = () => {
    if (get().opening !== 'weights') set({ opening: [...turns.keys()].at(-1) ?? null, read: null });
  };
  return {
    begin: (kind) => {
      const turn = new AbortController();
      turns.get(kind)?.abort();
      turns.delete(kind);
      turns.set(kind, turn);
      set({ opening: kind, read: null });
      return turn;
    },
    tell: (turn, read) => {
      if ([...turns.values()].at(-1) === turn) set({ read });
    },
    end: (turn) => {
      for (const [kind, one] of turns) if (one === turn) turns.delete(kind);
      show();
    },
    cancel: () => {
      for (const turn of turns.values()) turn.abort();
      turns.clear();
      show();
    },
  };
}
