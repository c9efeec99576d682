/** What is taken away of a comparison as text: all of it as it was asked for, whatever was removed since. */
import { tablesCsv, taskText } from '../../../../workers/translate/bench';
import type { AppData } from '../../../state/types';
import { SAMPLES, SEED } from './run';
import { remarksOf } from './selectors';
import type { AskedScan } from './types';

/** Begins the names of all files: "T1w-to-T2w_compare". */
export const exportStem = ({ compare: { asked } }: Pick<AppData, 'compare'>): string =>
  asked ? `${asked.task.source}-to-${asked.task.target}_compare` : 'compare';

/** All tables, each under its title. */
export const comparisonCsv = ({ compare: { reports } }: Pick<AppData, 'compare'>): string =>
  tablesCsv(reports.flatMap((report) => report.tables));

/** Tables and charts, with all that made them. */
export function comparisonJson(
  { compare: { asked, backends, remarks: told, reports } }: Pick<AppData, 'compare'>,
  { date, version }: { date: Date; version: string },
): string {
  const remarks = remarksOf({ asked, remarks: told });
  const facts = {
    Description: 'Models of one task compared on real pairs; research only, not for clinical use',
    Task: asked && taskText(asked.task),
    Models: asked?.models.map(({ name, cardId, method, steps, sha256 }) => ({
      ...{ Name: name, Id: cardId, Method: method, Steps: steps, WeightsSha256: sha256 },
    })),
    Pairs: asked?.pairs.map(({ id, source, reference }) => ({
      ...{ Id: id, Source: source.name, ...volumeOf('SourceVolume', source) },
      ...{ Reference: reference.name, ...volumeOf('ReferenceVolume', reference) },
    })),
    SlicesOfEachPair: asked?.slices ?? 'all with head',
    Seed: SEED,
    // Other suites draw once.
    ...(asked?.suites.includes('variability') && { SamplesOfVariability: SAMPLES }),
    ...(remarks.length > 0 && { Remarks: remarks }),
    Backend: backends.join(', '),
    Date: date.toISOString(),
    GeneratedBy: [{ Name: 'SynDiff Web', Version: version }],
    Reports: reports,
  };
  return `${JSON.stringify(facts, null, 2)}\n`;
}

/** Of a file with several. */
const volumeOf = (key: string, { volume }: AskedScan) => (volume === null ? {} : { [key]: volume });
