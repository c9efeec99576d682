import { useEffect, useState } from 'react';
import type { Diagnostics } from '../../workers/translate/protocol';
import { BACKEND_CHOICES } from '../backendChoice';
import { Facts } from '../components/Facts';
import { Sheet } from '../components/Sheet';
import { useApp } from '../state/StoreContext';
import type { BackendChoice } from '../state/types';
import { diagnosticsText, sectionsOf } from './diagnosticsText';

const BATCHES = [1, 2, 4, 8];

/** Which backend, why, and everything a bug report needs. */
export function DiagnosticsSheet({ onClose }: { onClose: () => void }) {
  const { phase, requested, failure, info } = useApp((s) => s.engine);
  const backend = info?.backend;
  const running = useApp((s) => s.run !== null);
  const threads = useApp((s) => s.threads);
  const batch = useApp((s) => s.batch);
  const { start, useThreads, useBatch, diagnostics } = useApp((s) => s.actions);
  const [found, setFound] = useState<Diagnostics | null>(null);
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (phase !== 'ready') return;
    let current = true;
    setCopied(false);
    void diagnostics().then((d) => current && setFound(d));
    return () => {
      current = false;
    };
  }, [phase, diagnostics]);

  const most = Math.min(Math.max(navigator.hardwareConcurrency, threads ?? 1), 32);
  const copy = async (d: Diagnostics) => {
    await navigator.clipboard.writeText(diagnosticsText(d));
    setCopied(true);
  };

  return (
    <Sheet title="Diagnostics" onClose={onClose}>
      <div className="diagnostics-head">
        <label className="field" title="auto: the fastest that computes right on this machine">
          <span>Backend</span>
          <select
            value={requested}
            disabled={running || phase === 'starting'}
            onChange={(event) => void start(event.target.value as BackendChoice)}
          >
            {BACKEND_CHOICES.map((choice) => (
              <option key={choice} value={choice}>
                {choice === 'auto' ? 'auto, the fastest' : choice}
              </option>
            ))}
          </select>
        </label>
        <label className="field" title="They change the time alone">
          <span>Threads on wasm</span>
          <select
            value={threads ?? 'auto'}
            disabled={running || phase === 'starting'}
            onChange={({ target: { value } }) => void useThreads(value === 'auto' ? null : Number(value))}
          >
            <option value="auto">auto</option>
            {Array.from({ length: most }, (_, i) => i + 1).map((count) => (
              <option key={count} value={count}>
                {count}
              </option>
            ))}
          </select>
        </label>
        <label
          className="field"
          title="More may be faster on a large GPU; where its memory is not enough, fewer are taken"
        >
          <span>Slices at a time on WebGPU</span>
          <select
            value={batch ?? 1}
            disabled={running || backend !== 'webgpu'}
            onChange={({ target: { value } }) => useBatch(value === '1' ? null : Number(value))}
          >
            {BATCHES.map((count) => (
              <option key={count} value={count}>
                {count}
              </option>
            ))}
          </select>
        </label>
        <button type="button" className="button" disabled={!found} onClick={() => found && void copy(found)}>
          {copied ? 'Copied' : 'Copy as text'}
        </button>
      </div>
      <p>
        <a href="#/bench">Measure the speed of this machine</a>
      </p>
      {phase === 'starting' && <p className="dim">The engine is starting and tests itself.</p>}
      {phase === 'failed' && <p>{failure}</p>}
      {phase === 'ready' &&
        found &&
        sectionsOf(found).map(({ title, rows }) => (
          <section key={title}>
            <h3>{title}</h3>
            <Facts entries={rows} />
          </section>
        ))}
    </Sheet>
  );
}
