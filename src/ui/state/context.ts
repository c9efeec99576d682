import type { StoreApi } from 'zustand/vanilla';
import type { TrainClient } from '../../workers/train/client';
import type { EngineClient } from '../../workers/translate/client';
import type { DemoFile } from '../rooms/translate/state/demos';
import type { AppActions, AppState, NoticeTopic } from './types';

/** What the store needs from outside. */
export interface Services {
  client: EngineClient;
  trainClient: TrainClient;
  fetchDemo(demo: DemoFile): Promise<File>;
  /** Hands a file to the user. */
  download(name: string, data: Uint8Array | string | Blob, type: string): void;
  now(): Date;
  /** Threads on wasm that the user wants, null where the engine shall choose; absent: nothing is remembered. */
  threads?: NumberChoice;
  /** Slices at a time on a GPU, null for one after the other; absent: nothing is remembered. */
  batch?: NumberChoice;
}

interface NumberChoice {
  wanted(): number | null;
  want(count: number | null): void;
}

/** What every group of actions works with. */
export interface Context {
  get: StoreApi<AppState>['getState'];
  set: StoreApi<AppState>['setState'];
  services: Services;
  notify: AppActions['notify'];
  /** Tells the user of an error. */
  report(error: unknown, topic?: NoticeTopic): void;
  /** Of what is told of these topics up to now; called once that is overtaken, it goes, but for failures that nobody has read. */
  former(...topics: NoticeTopic[]): () => void;
}
