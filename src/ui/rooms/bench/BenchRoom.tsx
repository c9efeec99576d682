import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { createBenchClient } from '../../../workers/bench/client';
import { useApp } from '../../state/StoreContext';
import { Charts } from '../compare/panels/Charts';
import { ReportTable } from '../compare/panels/ReportTable';
import { BenchExport } from './BenchExport';
import { BenchPanel } from './BenchPanel';
import { BenchRunPanel } from './BenchRunPanel';
import { benchModels } from './benchBlock';
import { createBenchStore } from './benchState';
import '../translate/panels/translate.css';
import '../compare/panels/compare.css';

const store = createBenchStore(createBenchClient(), () => Date.now());

const KEEP_QUIET =
  'Nothing else should compute meanwhile. Keep this tab in sight: browsers slow down those that are not.';

/** Also from another room. */
const askBeforeLeaving = (event: BeforeUnloadEvent) => event.preventDefault();
store.subscribe(({ run }) => {
  if (run) window.addEventListener('beforeunload', askBeforeLeaving);
  else window.removeEventListener('beforeunload', askBeforeLeaving);
});

/** How fast this machine computes a model, by this program and by what others would take. */
export function BenchRoom() {
  const bench = useStore(store);
  const { run, report, machine, asked, disturbed } = bench;
  const given = useApp(useShallow(({ models, own, loaded, compare }) => ({ models, own, loaded, compare })));
  const { models, chosen } = useMemo(() => benchModels(given, bench.modelId), [given, bench.modelId]);
  const stage = useRef<HTMLDivElement>(null);
  const isRunning = run !== null;
  // On a phone results stand above the choices, where whoever presses Start may be; where all is in sight this does nothing.
  useEffect(() => {
    if (!isRunning) return;
    stage.current?.scrollIntoView({ block: 'start' });
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open]'))
        store.getState().cancel();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [isRunning]);
  return (
    <main className="translate-room compare-room">
      <div className="rail rail-left">
        <div className="rail-scroll">
          <BenchPanel bench={bench} models={models} chosen={chosen} />
        </div>
        <BenchRunPanel bench={bench} chosen={chosen} />
      </div>
      <div className="compare-stage" ref={stage}>
        {asked ? (
          <>
            <h1 className="visually-hidden">Bench</h1>
            <p className="dim" data-testid="bench-machine">
              {asked.model.card.name}
              {machine && ` on ${machine}`}
            </p>
            {run && <p className="dim">{KEEP_QUIET}</p>}
            {disturbed.length > 0 && (
              <p className="warning" role="status">
                Times may be too long: {disturbed.join('; ')}.
              </p>
            )}
            {bench.ended && (
              <p className={bench.ended.kind === 'failed' ? 'warning' : 'dim'} role="status">
                {bench.ended.text}
              </p>
            )}
            {report ? (
              <section className="compare-report" aria-label="Results">
                <BenchExport report={report} asked={asked} machine={machine} disturbed={disturbed} />
                {report.tables.slice(0, 1).map((table) => (
                  <ReportTable key={table.id} table={table} />
                ))}
                <Charts charts={report.charts} />
                {report.tables.slice(1).map((table) => (
                  <ReportTable key={table.id} table={table} />
                ))}
              </section>
            ) : (
              run && <p className="dim">Backends start, and their kernels are tested.</p>
            )}
          </>
        ) : (
          <div className="empty-stage">
            <h1>How fast is this machine?</h1>
            <p>
              The same model, noise and slice by our kernels and by plain TensorFlow.js, on the GPU where
              there is one and on wasm, in one run and in random order; where a step spends its time; and an
              iteration of training.
            </p>
            <p className="dim">{KEEP_QUIET}</p>
          </div>
        )}
      </div>
    </main>
  );
}
