/** What is odd about a scan that is trained on, for page and terminal. */
import { noiseWarning } from '../../volume/checkInput';
import { checkPlan, checkScan, isAbsurdSize } from '../../volume/checkScan';
import type { ScanFile } from '../../volume/formats/scanFormat';
import { type ScanMeasures, scanMeasures } from '../../volume/scanMeasures';
import { planSlices } from '../../volume/slices';
import { scanStatistics } from './dataset';
import type { SideGrid } from './settings';

/** Sentences, the gravest first, with the reader's remarks; empty for an ordinary scan. Which volume of a file it is stands elsewhere. */
export function scanWarnings(
  { image, remarks, odd }: Pick<ScanFile, 'image' | 'remarks' | 'odd'>,
  grid: SideGrid,
  measures: ScanMeasures = scanMeasures(image),
): string[] {
  // Where checkScan.ts tells what is wrong with the numbers, their measures would only show it again.
  const isDisturbed = measures.intensities().disturbed === 'values';
  const statistics = isDisturbed ? null : scanStatistics(image, grid, measures);
  const noise = statistics && noiseWarning(statistics);
  return [
    ...(noise ? [noise.text] : []),
    ...checkScan({ image, volumeCount: 1, volumeIndex: 0, remarks, odd }, measures),
    ...(isAbsurdSize(image)
      ? []
      : checkPlan(image, planSlices(image, grid, measures.levels(), measures.foreground))),
  ];
}
