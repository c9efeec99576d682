/** What is taken away of a comparison as text. */
import { tablesCsv, taskText } from '../../../../workers/translate/bench';
import type { AppData } from '../../../state/types';
import { comparables } from './selectors';

/** Begins the names of all files: "T1w-to-T2w_compare". */
export const exportStem = ({ compare: { asked } }: Pick<AppData, 'compare'>): string =>
  asked ? `${asked.task.source}-to-${asked.task.target}_compare` : 'compare';

/** All tables, each under its title. */
export const comparisonCsv = ({ compare: { reports } }: Pick<AppData, 'compare'>): string =>
  tablesCsv(reports.flatMap((report) => report.tables));

/** Tables and charts, with all that made them. */
export function comparisonJson(state: AppData, { date, version }: { date: Date; version: string }): string {
  const { asked, pairs, reports } = state.compare;
  const all = comparables(state);
  const facts = {
    Description: 'Models of one task compared on real pairs; research only, not for clinical use',
    Task: asked && taskText(asked.task),
    Models: asked?.models.map(({ id, name }) => {
      const card = all.find((one) => one.id === id)?.card;
      return {
        Name: name,
        ...(card && {
          Id: card.id,
          Method: card.network.method,
          Steps: card.diffusion.steps,
          WeightsSha256: card.weights.sha256,
        }),
      };
    }),
    Pairs: asked?.pairs.map((id) => {
      const pair = pairs.find((one) => one.id === id);
      return { Id: id, ...(pair && { Source: pair.source.name, Reference: pair.reference.name }) };
    }),
    SlicesOfEachPair: asked?.slices ?? 'all with head',
    Backend: state.engine.info?.backend,
    Date: date.toISOString(),
    GeneratedBy: [{ Name: 'SynDiff Web', Version: version }],
    Reports: reports,
  };
  return `${JSON.stringify(facts, null, 2)}\n`;
}
