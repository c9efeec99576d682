/** Asks which of several scans are meant. */
import type { Context } from '../../../state/context';
import type { PickAnswer } from '../../../state/types';

type Parts = readonly File[];

export interface Picking {
  /** Null where none is meant, or where something else was dropped first. @param source null: only the reference is asked for */
  ask<S extends Parts | null>(
    scans: readonly Parts[],
    pathOf: (scan: Parts) => string,
    source: S,
    reference: Parts | null,
    why: string,
  ): Promise<{ source: S; reference: Parts | null } | null>;
  answer(given: PickAnswer | null): void;
  /** A question that is still open is overtaken. */
  giveUp(): void;
}

export function createPick({ get, set, notify }: Pick<Context, 'get' | 'set' | 'notify'>): Picking {
  let settle: (given: PickAnswer | null) => void = () => undefined;
  const answer = (given: PickAnswer | null) => {
    set({ pick: null });
    settle(given);
  };
  return {
    answer,

    giveUp() {
      const { pick } = get();
      if (!pick) return;
      notify('warn', `${pick.paths.length} scans: not opened, as others were dropped.`);
      answer(null);
    },

    async ask(scans, pathOf, source, reference, why) {
      const place = (scan: Parts | null) => (scan ? scans.indexOf(scan) : null);
      set({
        pick: { paths: scans.map(pathOf), source: place(source), reference: place(reference), why },
      });
      const given = await new Promise<PickAnswer | null>((resolve) => {
        settle = resolve;
      });
      if (!given) return null;
      const at = (n: number | null) => (n === null ? null : scans[n]);
      return { source: at(given.source) as typeof source, reference: at(given.reference) };
    },
  };
}
