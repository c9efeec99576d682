import type { Diagnostics } from '../../workers/translate/protocol';
import { formatBytes } from '../format';

type Row = readonly [name: string, value: string];

export interface Section {
  title: string;
  rows: readonly Row[];
}

/** All of the diagnostics as titled name-value rows: the dialog's tables and the copied text are made of these. */
export function sectionsOf(d: Diagnostics): Section[] {
  const { memory } = d;
  const sections: Section[] = [
    {
      title: 'Engine',
      rows: [
        ['Backend', d.backend],
        ['Why', d.reason],
        ...(d.threads ? [['Threads', threadsText(d.threads)] as const] : []),
        ...(d.path ? [['Computes by', d.path] as const] : []),
        [
          'Self-test',
          `largest relative error ${d.selfTestError.toExponential(1)}, ${Math.round(d.selfTestMs)} ms`,
        ],
      ],
    },
    { title: 'Tried', rows: d.trials.map((t) => [t.backend, `${t.outcome}: ${t.reason}`]) },
    { title: 'Adapter', rows: d.adapter ? entriesOf(d.adapter) : [['WebGPU adapter', 'not in use']] },
    {
      title: 'Memory',
      rows: [
        ['Tensors', String(memory.tensors)],
        ['In tensors', formatBytes(memory.bytes)],
        ['Held, peak', formatBytes(memory.reservedBytes)],
      ],
    },
    { title: 'Timings, ms', rows: Object.entries(d.timings).map(([name, ms]) => [name, ms.toFixed(1)]) },
    { title: 'Versions', rows: [...entriesOf(d.versions), ['Browser', d.userAgent]] },
    { title: 'Features', rows: [['Enabled', d.features.join(', ') || 'none']] },
    { title: 'Limits', rows: entriesOf(d.limits) },
  ];
  return sections.filter((section) => section.rows.length > 0);
}

const threadsText = ({ count, note }: NonNullable<Diagnostics['threads']>): string =>
  note === null ? String(count) : `${count}, because ${note}`;

function entriesOf(values: object): Row[] {
  return Object.entries(values).map(([name, value]) => [name, String(value)]);
}

export function diagnosticsText(d: Diagnostics): string {
  return sectionsOf(d)
    .map(({ title, rows }) => [title, ...rows.map(([name, value]) => `  ${name}: ${value}`)].join('\n'))
    .join('\n');
}
