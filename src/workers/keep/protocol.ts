/** What crosses the line between the page and the worker that writes what a tab keeps for a reload: types only. */

export interface KeepCalls {
  /** As `putKept` of platform/browser/keptFile.ts. The bytes are copied. */
  put: {
    params: { folder: FileSystemDirectoryHandle; name: string; bytes: Uint8Array };
    event: never;
    result: null;
  };
}
