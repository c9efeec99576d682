import type { Scan } from '../../../../workers/translate/protocol';
import { Facts } from '../../../components/Facts';

export function ScanFacts({ scan }: { scan: Scan }) {
  return (
    <Facts
      entries={[
        ['Shape', scan.shape.join(' × ')],
        ['Spacing', `${scan.zooms.map((mm) => Number(mm.toFixed(3))).join(' × ')} mm`],
        ['Stored axes', `${scan.storedAxes}, ${scan.dtype}`],
      ]}
    />
  );
}
