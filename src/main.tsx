import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './ui/App';
import { backendOfQuery } from './ui/backendChoice';
import { download } from './ui/download';
import { StoreContext } from './ui/state/StoreContext';
import { createAppStore } from './ui/state/store';
import './ui/theme.css';
import './ui/app.css';
import { createEngineClient } from './workers/client';
import { createTrainClient } from './workers/trainClient';

async function fetchDemo(): Promise<File> {
  const response = await fetch('demo/ch2.nii.gz');
  if (!response.ok)
    throw new Error(
      `demo scan: could not be fetched, got status ${response.status}; reload the page or drop a scan of your own.`,
    );
  return new File([await response.blob()], 'ch2_T1w.nii.gz');
}

const store = createAppStore({
  client: createEngineClient(),
  trainClient: createTrainClient(),
  fetchDemo,
  download: (name, data, type) => download(name, data as BlobPart, type),
  now: () => new Date(),
});
void store.getState().actions.start(backendOfQuery(window.location.search));

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <StoreContext value={store}>
      <App />
    </StoreContext>
  </StrictMode>,
);
