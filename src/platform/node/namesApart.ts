import { basename, resolve } from 'node:path';

/**
 * The same name in two data sets is two people: such names begin with the data set's. `folder` null: of no data set, and nobody else's.
 * @returns the name of one of them
 */
export function namesApart(
  all: readonly { folder: string; name: string }[],
): (folder: string, name: string) => string {
  const folders = new Set(all.map(({ folder }) => resolve(folder)));
  const owners = new Map<string, Set<string>>();
  for (const { folder, name } of all) owners.set(name, (owners.get(name) ?? new Set()).add(resolve(folder)));
  const isOnly = (folder: string) =>
    [...folders].filter((other) => basename(other) === basename(resolve(folder))).length === 1;
  const label = (folder: string) => (isOnly(folder) ? basename(resolve(folder)) : resolve(folder));
  return (folder, name) => (owners.get(name)!.size > 1 ? `${label(folder)}/${name}` : name);
}
