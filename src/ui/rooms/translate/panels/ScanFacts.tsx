import type { Scan } from '../../../../workers/translate/protocol';
import { Facts } from '../../../components/Facts';

/** Three decimals; a size that these would make 0 is wrong in the file, and shown as it is. */
const mmText = (mm: number): string =>
  String(mm >= 0.001 ? Number(mm.toFixed(3)) : Number(mm.toPrecision(2)));

export function ScanFacts({ scan }: { scan: Scan }) {
  return (
    <Facts
      entries={[
        ['Shape', scan.shape.join(' × ')],
        ['Spacing', `${scan.zooms.map(mmText).join(' × ')} mm`],
        ['Stored axes', `${scan.storedAxes}, ${scan.dtype}`],
      ]}
    />
  );
}
