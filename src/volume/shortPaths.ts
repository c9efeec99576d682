/**
 * What of paths has to be read to tell them apart: the file's name, and where several are named alike the first folder in which they
 * differ: "site1/…/sub-01_T1w.nii". For people to read.
 */
export function shortPaths(paths: readonly string[]): (path: string) => string {
  const alike = new Map<string, Set<string>>();
  for (const path of paths) alike.set(nameOf(path), (alike.get(nameOf(path)) ?? new Set()).add(path));
  const shown = new Map([...alike.values()].flatMap((group) => apart([...group])));
  return (path) => shown.get(path) ?? nameOf(path);
}

/** Different paths that end alike. */
function apart(group: readonly string[]): [path: string, shown: string][] {
  if (group.length === 1) return [[group[0], nameOf(group[0])]];
  const folders = group.map(foldersOf);
  const common = folders[0].findIndex((folder, n) => folders.some((other) => other[n] !== folder));
  const from = common < 0 ? folders[0].length : common;
  const firsts = folders.map((of) => of[from] ?? '');
  const isTold = new Set(firsts).size === group.length;
  return group.map((path, n) => {
    const own = folders[n].slice(from);
    const some = isTold && own.length > 1 ? [own[0], '…'] : own;
    return [path, [...some, nameOf(path)].join('/')];
  });
}

const foldersOf = (path: string): string[] => path.split(/[\\/]/).slice(0, -1);
const nameOf = (path: string): string => path.split(/[\\/]/).at(-1)!;
