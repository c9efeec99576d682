import { useApp } from '../../../state/StoreContext';
import { SliceView } from '../../../viewer/SliceView';
import type { Pane } from './panes';
import { usePanes } from './usePanes';
import './panes.css';

/** The images side by side, all looked at the same way. */
export function Panes() {
  const panes = usePanes();
  return (
    <div className="panes" data-count={panes.length}>
      {panes.map((pane) => (
        <PaneView key={pane.id} pane={pane} />
      ))}
    </div>
  );
}

function PaneView({ pane }: { pane: Pane }) {
  const slice = useApp((s) => s.view.slice);
  const count = useApp((s) => s.source?.shape[2] ?? 0);
  const window = useApp((s) => s.view.windows[pane.group]);
  const transform = useApp((s) => s.view.transform);
  const probe = useApp((s) => s.view.probe);
  const { setProbe, setWindow, setTransform, stepSlice, resetView } = useApp((s) => s.actions);
  return (
    <div className="pane" data-testid={`pane-${pane.id}`}>
      <SliceView
        label={`${pane.title}${pane.badge ? ` (${pane.badge})` : ''}, axial slice ${slice} of 0 to ${count - 1}`}
        image={pane.image}
        empty={pane.empty}
        window={window}
        transform={transform}
        colormap={pane.colormap}
        title={pane.title}
        badge={pane.badge}
        probe={probe}
        onProbe={setProbe}
        onWindow={(next) => setWindow(pane.group, next)}
        onTransform={setTransform}
        onSliceStep={stepSlice}
        onReset={resetView}
      />
    </div>
  );
}
