import { useEffect } from 'react';
import { useApp } from '../../../state/StoreContext';
import { DataPanel } from './DataPanel';
import { EmptyTrainStage } from './EmptyTrainStage';
import { LossCharts } from './LossCharts';
import { OptionsPanel } from './OptionsPanel';
import { Previews } from './Previews';
import { ResultPanel } from './ResultPanel';
import { RunFacts } from './RunFacts';
import { RunHeader } from './RunHeader';
import { StartPanel } from './StartPanel';
import { StoredRuns } from './StoredRuns';
import { TrainRunPanel } from './TrainRunPanel';
import { ValidationCharts } from './ValidationCharts';
import '../../translate/panels/translate.css';
import './train.css';

/** A translation is learnt from two sets of volumes, in a worker: what to learn from, how it goes, and what came out. */
export function TrainRoom() {
  const hasRun = useApp((s) => s.train.run !== null);
  const { enter } = useApp((s) => s.actions.train);
  useEffect(() => void enter(), [enter]);
  return (
    <main className="translate-room train-room" data-run={hasRun}>
      <div className="rail rail-left">
        <div className="rail-scroll">
          <DataPanel />
          <StartPanel />
          <OptionsPanel />
        </div>
        <TrainRunPanel />
      </div>
      <div className="train-stage">
        {hasRun ? (
          <>
            <h1 className="visually-hidden">Train</h1>
            <RunHeader />
            <LossCharts />
            <Previews />
            <ValidationCharts />
          </>
        ) : (
          <EmptyTrainStage />
        )}
      </div>
      <div className="rail rail-right">
        <div className="rail-scroll">
          <ResultPanel />
          <StoredRuns />
          <RunFacts />
        </div>
      </div>
    </main>
  );
}
