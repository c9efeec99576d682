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
export default function CompareRoom() {
  const hasResults = useApp(({ compare }) => compare.run !== null || compare.reports.length > 0);
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
      <div className="compare-stage">
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
