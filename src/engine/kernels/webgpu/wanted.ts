/** What a benchmark asks of the kernels: how they keep images and weights. */
import type { Storage } from './wgsl';

let wanted: Storage | null = null;

/** Null: what suits the device. A storage is used on software adapters, too, which are else left to plain operations. */
export const wantedStorage = (): Storage | null => wanted;

/** For generators that are made from now on, until it is null again. */
export function wantStorage(storage: Storage | null): void {
  wanted = storage;
}
