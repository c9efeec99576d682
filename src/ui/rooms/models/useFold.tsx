import { type ReactNode, useState } from 'react';

/** Rows from which on a table is long, and how many of them it shows then. */
const LONG = 12;
const FIRST = 8;

/** The rows of a table of scans: of a long one the first, until the button below it asks for all. */
export function useFold<T>(rows: readonly T[]): { shown: readonly T[]; button: ReactNode } {
  const [isOpen, setOpen] = useState(false);
  if (rows.length <= LONG) return { shown: rows, button: null };
  return {
    shown: isOpen ? rows : rows.slice(0, FIRST),
    button: (
      <button
        type="button"
        className="button small fold-button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? `The first ${FIRST} scans alone` : `All ${rows.length} scans`}
      </button>
    ),
  };
}
