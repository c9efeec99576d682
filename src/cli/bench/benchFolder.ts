/** The folder that `bench --out` names: its files, and that nothing of somebody else's is written over. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chartSvg } from '../../engine/bench/chartSvg';
import { factLines, type ReportFacts } from '../../engine/bench/reportFacts';
import type { SuiteReport } from '../../engine/bench/suiteReport';
import { reportMarkdown } from '../../engine/bench/tableText';
import { BadRequest } from '../../errors';
import { unreadable } from '../../platform/node/fileErrors';
import {
  checkWritable,
  kindOfFound,
  makeFolder,
  missingFolders,
  writeBytes,
} from '../../platform/node/files';
import { jsonText } from '../kit/report';

export const CELLS_FILE = 'cells.jsonl';

const pictureFile = (suite: string, chart: string) => `${suite}-${chart}.svg`;

/**
 * To be asked before anything is read.
 * @throws BadRequest where the folder cannot be made or written, or holds reports or charts that no bench has written
 */
export async function checkFolder(out: string, suites: readonly string[]): Promise<void> {
  await missingFolders(out);
  const found = [CELLS_FILE, ...filesIn(out).filter((name) => isWritten(name, suites))].flatMap((name) => {
    const at = statSync(join(out, name), { throwIfNoEntry: false });
    return at ? [{ name, kind: kindOfFound(at) }] : [];
  });
  const wrong = found.find(({ kind }) => kind !== 'file');
  if (wrong)
    throw new BadRequest(
      `${join(out, wrong.name)}: must be a file, got a ${wrong.kind}; move it away, or choose another --out`,
    );
  const isOurs = found.some(({ name }) => name === CELLS_FILE);
  if (found.length > 0 && !isOurs)
    throw new BadRequest(
      `${out}: must be new or hold an earlier bench, got ${found[0].name} without ${CELLS_FILE}; move it away, or choose another --out`,
    );
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unreadable(folder, error as NodeJS.ErrnoException);
  }
}

/** Which charts a suite has its results tell. */
const isWritten = (name: string, suites: readonly string[]): boolean =>
  suites.some(
    (suite) =>
      [`${suite}.json`, `${suite}.md`].includes(name) ||
      (name.startsWith(`${suite}-`) && name.endsWith('.svg')),
  );

/** @throws as `makeFolder` and `checkWritable` */
export async function makeBenchFolder(out: string): Promise<void> {
  await makeFolder(out);
  await checkWritable(join(out, CELLS_FILE));
}

/** The report as JSON, Markdown and a picture a chart. @param facts what it was made of */
export async function writeReport(out: string, report: SuiteReport, facts: ReportFacts): Promise<void> {
  const { suite, charts } = report;
  for (const chart of charts) await writeBytes(join(out, pictureFile(suite, chart.id)), chartSvg(chart));
  await writeBytes(join(out, `${suite}.json`), jsonText({ ...report, made: facts }));
  const text = reportMarkdown(report, {
    pictureOf: (chart) => pictureFile(suite, chart),
    head: factLines(facts),
  });
  await writeBytes(join(out, `${suite}.md`), text);
}
