import { useState } from 'react';
import type { ModelCard } from '../../../../workers/translate/protocol';
import { backendNote } from '../../../state/backendNote';
import { useApp } from '../../../state/StoreContext';
import { DEMOS, type Demo } from '../state/demos';

/** The centre before any scan is open: what this is and the ways in. */
export function EmptyStage() {
  const opening = useApp((s) => s.opening);
  const engine = useApp((s) => s.engine);
  const isReturning = useApp((s) => s.isReturning);
  const models = useApp((s) => s.models);
  const { tryDemo } = useApp((s) => s.actions);
  const [pressed, setPressed] = useState<string | null>(null);
  // Before the engine has told the models, every demo may be asked for.
  const demos = DEMOS.filter((demo) => models.length === 0 || models.some((card) => isFor(card, demo)));
  const button = (demo: Demo, look: string) => (
    <button
      key={demo.id}
      type="button"
      className={look}
      data-testid={demo === demos[0] ? 'demo-button' : `demo-button-${demo.id}`}
      disabled={opening !== null || isReturning || engine.phase === 'failed'}
      onClick={() => {
        setPressed(demo.id);
        void tryDemo(demo);
      }}
    >
      {opening === 'source' && pressed === demo.id ? 'Opening the scan…' : demo.label}
    </button>
  );
  return (
    <div className="empty-stage">
      <h1>See the contrast that was not scanned</h1>
      <p>
        Drop a head scan (NIfTI) anywhere on this page. Four reverse diffusion steps translate it on this
        machine.
      </p>
      <h2 className="empty-stage-try">Or try it and compare with the real scan</h2>
      <div className="demo-buttons">
        {demos.filter(hasReference).map((demo) => button(demo, 'button primary large'))}
      </div>
      <p className="dim">
        A patient with multiple sclerosis, of the test data: no model was trained on this head. The T1w is
        translated, middle slices first, and set beside the contrast that was really scanned, with difference
        and scores. <a href="#/about">Source of the scans</a>
      </p>
      {demos.filter((demo) => !hasReference(demo)).map((demo) => button(demo, 'link-button'))}
      {isReturning && <p aria-live="polite">What was open before the reload is coming back…</p>}
      <p className="dim empty-stage-engine">
        {engine.info
          ? backendNote(engine.requested, engine.info).text
          : (engine.failure ?? 'Looking for a GPU…')}
      </p>
    </div>
  );
}

function hasReference(demo: Demo): boolean {
  return demo.reference !== null;
}

function isFor(card: ModelCard, demo: Demo): boolean {
  return card.source === demo.source && card.target === demo.target;
}
