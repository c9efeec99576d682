import { Facts } from '../../../components/Facts';
import { formatValue } from '../../../format';
import { useApp } from '../../../state/StoreContext';
import { currentSlice } from '../state/selectors';
import { valueAt, worldOf } from './probe';

/** Values under the pointer, in the scans' own units, and where that is. */
export function ProbePanel() {
  const probe = useApp((s) => s.view.probe);
  const slice = useApp((s) => s.view.slice);
  const source = useApp((s) => s.source);
  const reference = useApp((s) => s.reference);
  const result = useApp(currentSlice);
  if (!source) return null;
  const at = (read: (i: number, j: number) => number | null | undefined) => {
    const value = probe && read(probe.i, probe.j);
    return value === null || value === undefined ? '–' : formatValue(value);
  };
  const world = probe && worldOf(source.affine, probe.i, probe.j, slice);
  return (
    <section className="panel" aria-label="Under the pointer">
      <h2>Under the pointer</h2>
      <Facts
        entries={[
          ['Source', at((i, j) => valueAt(source, i, j, slice))],
          ['Synthetic', at((i, j) => result?.image[i + source.shape[0] * j])],
          ['Reference', reference && at((i, j) => valueAt(reference.scan, i, j, slice))],
          ['Spread', result?.spread && at((i, j) => result.spread?.[i + source.shape[0] * j])],
          ['Voxel', probe ? `${probe.i}, ${probe.j}, ${slice}` : '–'],
          ['World, mm', world ? world.map((mm) => mm.toFixed(1)).join(', ') : '–'],
        ]}
      />
    </section>
  );
}
