import { useEffect, useRef } from 'react';
import { useApp } from '../../../state/StoreContext';
import { CompareRunPanel } from './CompareRunPanel';
import { EmptyCompareStage } from './EmptyCompareStage';
import { MeasuresPanel } from './MeasuresPanel';
import { ModelsPanel } from './ModelsPanel';
import { PairsPanel } from './PairsPanel';
import { Results } from './Results';
import '../../translate/panels/translate.css';
import './compare.css';

/** Models side by side on real pairs: which ones, on which scans, and what they are worth. */
export function CompareRoom() {
  const hasResults = useApp(({ compare }) => compare.run !== null || compare.reports.length > 0);
  const stage = useRef<HTMLDivElement>(null);
  const isRunning = useApp(({ compare }) => compare.run !== null);
  // On a phone results stand above the choices, where whoever presses Start may be; where all is in sight this does nothing.
  useEffect(() => {
    if (isRunning) stage.current?.scrollIntoView({ block: 'start' });
  }, [isRunning]);
  return (
    <main className="translate-room compare-room">
      <div className="rail rail-left">
        <div className="rail-scroll">
          <ModelsPanel />
          <PairsPanel />
          <MeasuresPanel />
        </div>
        <CompareRunPanel />
      </div>
      <div className="compare-stage" ref={stage}>
        {hasResults ? (
          <>
            <h1 className="visually-hidden">Compare</h1>
            <Results />
          </>
        ) : (
          <EmptyCompareStage />
        )}
      </div>
    </main>
  );
}
