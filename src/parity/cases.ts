import type { ParityCase } from './compare';
import { type FileReaders, fileCases } from './files';
import { isNetworkGolden, runNetworkGolden } from './networks';

/**
 * All that is known among the files `names` of a golden folder (paths with "/"): networks, on the current backend, then what
 * needs none.
 */
export async function parityCases(names: readonly string[], readers: FileReaders): Promise<ParityCase[]> {
  const sorted = [...names].sort();
  return [
    ...sorted
      .filter(isNetworkGolden)
      .map((name) => ({ name, run: () => runNetworkGolden(name, readers.bytes) })),
    ...(await fileCases(sorted, readers)),
  ];
}
