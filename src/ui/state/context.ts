import type { StoreApi } from 'zustand/vanilla';
import type { TrainClient } from '../../workers/train/client';
import type { EngineClient } from '../../workers/translate/client';
import type { DemoFile } from '../rooms/translate/state/demos';
import type { AppState, Notice } from './types';

/** What the store needs from outside. */
export interface Services {
  client: EngineClient;
  trainClient: TrainClient;
  fetchDemo(demo: DemoFile): Promise<File>;
  /** Hands a file to the user. */
  download(name: string, data: Uint8Array | string | Blob, type: string): void;
  now(): Date;
}

/** What every group of actions works with. */
export interface Context {
  get: StoreApi<AppState>['getState'];
  set: StoreApi<AppState>['setState'];
  services: Services;
  notify(tone: Notice['tone'], text: string): void;
  /** Tells the user of an error. */
  report(error: unknown): void;
}
