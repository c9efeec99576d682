import { Calm, Live, useApp } from '../../../state/StoreContext';
import { EmptyStage } from './EmptyStage';
import { LesionNote } from './LesionNote';
import { ModelPanel } from './ModelPanel';
import { Panes } from './Panes';
import { ProbePanel } from './ProbePanel';
import { ProvenancePanel } from './ProvenancePanel';
import { RangePanel } from './RangePanel';
import { ReferencePanel } from './ReferencePanel';
import { RibbonBar } from './RibbonBar';
import { RunPanel } from './RunPanel';
import { SavePanel } from './SavePanel';
import { ScoresPanel } from './ScoresPanel';
import { SettingsPanel } from './SettingsPanel';
import { SourcePanel } from './SourcePanel';
import { StripBar } from './StripBar';
import { ViewToolbar } from './ViewToolbar';
import './translate.css';

export function TranslateRoom() {
  const hasSource = useApp((s) => s.source !== null);
  return (
    <main className="translate-room">
      <Calm>
        <div className="rail rail-left">
          <div className="rail-scroll">
            <SourcePanel />
            <ReferencePanel />
            <ModelPanel />
            <RangePanel />
            <SettingsPanel />
          </div>
          <RunPanel />
        </div>
        <div className="stage">
          {hasSource ? (
            <>
              <h1 className="visually-hidden">Translate</h1>
              <ViewToolbar />
              <Live>
                <Panes />
              </Live>
              <LesionNote />
              <RibbonBar />
              <Live>
                <StripBar />
              </Live>
            </>
          ) : (
            <EmptyStage />
          )}
        </div>
        <div className="rail rail-right">
          <div className="rail-scroll">
            <ScoresPanel />
            {/* Above what notices lie over. */}
            <SavePanel />
            <ProbePanel />
            <ProvenancePanel />
          </div>
        </div>
      </Calm>
    </main>
  );
}
