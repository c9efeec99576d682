import { applyAffine } from '../../../../volume/orientation';
import { voxelUnder } from '../../../../volume/planes';
import { Facts } from '../../../components/Facts';
import { formatValue } from '../../../format';
import { useApp } from '../../../state/StoreContext';
import { currentVolume } from '../state/selectors';
import { sliceView } from '../state/slices';

/** Values under the pointer, in the scans' own units, and where that is. */
export function ProbePanel() {
  const probe = useApp((s) => s.view.probe);
  const slice = useApp((s) => s.view.slice);
  const source = useApp((s) => s.source);
  const reference = useApp((s) => s.reference);
  const made = useApp(currentVolume);
  if (!source) return null;
  const under = probe && voxelUnder(sliceView(source), source.shape, { x: probe.i, y: probe.j, n: slice });
  // The others lie on the source's grid.
  const valueIn = (voxels: Float32Array | undefined) =>
    steady(under && voxels ? formatValue(voxels[under.at]) : '–');
  return (
    <section className="panel" aria-label="Under the pointer">
      <h2>Under the pointer</h2>
      <Facts
        entries={[
          ['Source', valueIn(source.voxels)],
          ['Synthetic', valueIn(made?.voxels)],
          ['Reference', reference && valueIn(reference.scan.voxels)],
          ['Spread', made?.spread && valueIn(made.spread)],
          ['Voxel', steady(under ? under.voxel.join(', ') : '–')],
          [
            'World, mm',
            steady(
              under
                ? applyAffine(source.affine, under.voxel)
                    .map((mm) => mm.toFixed(1))
                    .join(', ')
                : '–',
            ),
          ],
        ]}
      />
    </section>
  );
}

const steady = (text: string) => <span className="steady">{text}</span>;
