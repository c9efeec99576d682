import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { numberChoice } from './platform/browser/numberChoice';
import { leaveTab } from './platform/browser/tabId';
import { openTabStore } from './platform/browser/tabStore';
import { App } from './ui/App';
import { backendOfQuery } from './ui/backendChoice';
import { download } from './ui/download';
import type { DemoFile } from './ui/rooms/translate/state/demos';
import { keepAcrossReloads } from './ui/state/keep';
import { StoreContext } from './ui/state/StoreContext';
import { createAppStore } from './ui/state/store';
import './ui/theme.css';
import './ui/app.css';
import { createKeepClient } from './workers/keep/client';
import { createTrainClient } from './workers/train/client';
import { createEngineClient } from './workers/translate/client';

async function fetchDemo({ file, name }: DemoFile): Promise<File> {
  const response = await fetch(`demo/${file}`);
  if (!response.ok)
    throw new Error(
      `${file}: the demo scan could not be fetched, got status ${response.status}; reload the page or drop a scan of your own.`,
    );
  return new File([await response.blob()], name);
}

const threads = numberChoice('syndiff-threads', () => window.localStorage);
const batch = numberChoice('syndiff-batch', () => window.localStorage);
const store = createAppStore({
  client: createEngineClient(undefined, threads.wanted),
  trainClient: createTrainClient(undefined, threads.wanted),
  threads,
  batch,
  fetchDemo,
  download: (name, data, type) => download(name, data as BlobPart, type),
  now: () => new Date(),
});
void store.getState().actions.start(backendOfQuery(window.location.search));
void keepAcrossReloads(store, async () => {
  // Asked for first: it throws where the browser blocks it.
  const session = window.sessionStorage;
  window.addEventListener('pagehide', () => leaveTab(session, Date.now()));
  return openTabStore(session, createKeepClient().put);
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <StoreContext value={store}>
      <App />
    </StoreContext>
  </StrictMode>,
);
