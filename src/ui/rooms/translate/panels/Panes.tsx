import type { PlaneView } from '../../../../volume/planes';
import { useApp } from '../../../state/StoreContext';
import { LateSliceView } from '../../../viewer/LateSliceView';
import { sliceView } from '../state/slices';
import type { Pane } from './panes';
import { usePanes } from './usePanes';
import './panes.css';

/** The images side by side, all looked at the same way. */
export function Panes() {
  const panes = usePanes();
  const source = useApp((s) => s.source);
  return (
    <div className="panes" data-count={panes.length}>
      {source && panes.map((pane) => <PaneView key={pane.id} pane={pane} view={sliceView(source)} />)}
    </div>
  );
}

function PaneView({ pane, view }: { pane: Pane; view: PlaneView }) {
  const slice = useApp((s) => s.view.slice);
  const window = useApp((s) => s.view.windows[pane.group]);
  const transform = useApp((s) => s.view.transform);
  const probe = useApp((s) => s.view.probe);
  const { setProbe, setWindow, setTransform, stepSlice, resetView } = useApp((s) => s.actions);
  return (
    <div className="pane" data-testid={`pane-${pane.id}`}>
      <LateSliceView
        label={`${pane.title}${pane.badge ? ` (${pane.badge})` : ''}, ${view.plane} slice ${slice} of 0 to ${view.count - 1}`}
        image={pane.image}
        empty={pane.empty}
        window={window}
        transform={transform}
        colormap={pane.colormap}
        title={pane.title}
        badge={pane.badge}
        edges={view.edges}
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
