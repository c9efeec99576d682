/** A number, of threads or of slices at a time, that the user wants, kept in this browser: null is what the program thinks best. */
export interface NumberChoice {
  wanted(): number | null;
  want(count: number | null): void;
}

/** What is used of localStorage. */
interface Items {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** @param key its name in the storage @param storage throws where the browser blocks it: then the choice lasts as long as the page */
export function numberChoice(key: string, storage: () => Items): NumberChoice {
  let here: number | null = null;
  return {
    wanted() {
      try {
        const text = storage().getItem(key) ?? '';
        here = /^[1-9]\d?$/.test(text) ? Number(text) : null;
      } catch {
        // What was chosen on this page remains.
      }
      return here;
    },
    want(count) {
      here = count;
      try {
        if (count === null) storage().removeItem(key);
        else storage().setItem(key, String(count));
      } catch {
        // Not remembered.
      }
    },
  };
}
