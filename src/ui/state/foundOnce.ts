/** What selectors find, which are asked at every change of the state. */

/**
 * Keeps what was found last of each owner, a part of one store's state: no store knows of another, and with the owner it goes.
 * @returns what was found of that owner, the same while all that is given stays; else what `find` finds
 */
export function foundOnce<T>(): (owner: object, given: readonly unknown[], find: () => T) => T {
  const kept = new WeakMap<object, { given: readonly unknown[]; found: T }>();
  return (owner, given, find) => {
    const last = kept.get(owner);
    if (last && last.given.length === given.length && last.given.every((one, n) => one === given[n]))
      return last.found;
    const found = find();
    kept.set(owner, { given, found });
    return found;
  };
}
