/** How many threads the user wants on wasm, kept in this browser: null is what the engine thinks best. */
export interface ThreadsChoice {
  wanted(): number | null;
  want(count: number | null): void;
}

const KEY = 'syndiff-threads';

/** What is used of localStorage. */
interface Items {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** @param storage throws where the browser blocks it: then the choice lasts as long as the page */
export function threadsChoice(storage: () => Items): ThreadsChoice {
  let here: number | null = null;
  return {
    wanted() {
      try {
        const text = storage().getItem(KEY) ?? '';
        here = /^[1-9]\d?$/.test(text) ? Number(text) : null;
      } catch {
        // What was chosen on this page remains.
      }
      return here;
    },
    want(count) {
      here = count;
      try {
        if (count === null) storage().removeItem(KEY);
        else storage().setItem(KEY, String(count));
      } catch {
        // Not remembered.
      }
    },
  };
}
