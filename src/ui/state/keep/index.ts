/** Files, settings and results come back after a reload of the tab. */
import { sentenceOf } from '../notices';
import type { AppStore } from '../store';
import { INDEX, startKeeping } from './keeper';
import { decodeKept, type KeptState } from './keptState';
import { leftoversOf } from './leftovers';
import { createRestore } from './restore';
import { keptNames, type TabFiles } from './tabFiles';

/** Brings back what the tab had, then keeps what changes. Settles when that has begun; never rejects. */
export async function keepAcrossReloads(store: AppStore, openTab: () => Promise<TabFiles>): Promise<void> {
  const { notify } = store.getState().actions;
  let hasTold = false;
  const notKept = (what: string, why: string) => {
    if (!hasTold) notify('info', `${what}: will not come back after a reload (${why}).`);
    hasTold = true;
  };
  let tab: TabFiles;
  try {
    tab = await openTab();
  } catch (error) {
    tellOnceOpen(store, () => notKept('What is open', sentenceOf(error)));
    return;
  }
  const broken = (error: unknown) => {
    notify('warn', `Not all that was open before the reload is back (${sentenceOf(error)}); open it again.`);
  };
  let kept: KeptState | null = null;
  let existing: string[] = [];
  /** Not deleted while the user has not said so: nothing tells any more whether it is needed. */
  const spare = new Set<string>();
  try {
    existing = await tab.names();
    const bytes = await tab.get(INDEX);
    kept = bytes && decodeKept(bytes);
  } catch (error) {
    for (const name of existing) if (name !== INDEX) spare.add(name);
    store.setState({ leftovers: await leftoversOf(tab, spare, sentenceOf(error)).catch(() => null) });
  }
  const names = keptNames(existing);
  if (kept) {
    const restore = createRestore(store, tab, names, broken);
    if (kept.translate.source) store.setState({ isReturning: true, opening: 'source' });
    await restore.train(kept.train).catch(broken);
    await engineReady(store);
    store.setState({ opening: null });
    await restore.translate(kept.translate).catch(broken);
    store.setState({ isReturning: false });
  }
  startKeeping(store, tab, names, notKept, spare);
}

/** When the engine runs; where it fails, when it does on another backend. */
function engineReady(store: AppStore): Promise<void> {
  const isReady = () => store.getState().engine.phase === 'ready';
  if (isReady()) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = store.subscribe(() => {
      if (!isReady()) return;
      stop();
      resolve();
    });
  });
}

/** Not before there is something to lose. */
function tellOnceOpen(store: AppStore, tell: () => void): void {
  const stop = store.subscribe(({ source, train }) => {
    if (!source && train.volumes.length === 0) return;
    stop();
    tell();
  });
}
