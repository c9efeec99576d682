import type { ColdStart } from '../../workers/translate/coldStart';
import type { Diagnostics } from '../../workers/translate/protocol';
import { formatBytes } from '../format';
import { isOfKernels } from '../kernelFeatures';

type Row = readonly [name: string, value: string];

export interface Section {
  title: string;
  rows: readonly Row[];
}

/** All of the diagnostics as titled name-value rows: the dialog's tables and the copied text are made of these. */
export function sectionsOf(d: Diagnostics): Section[] {
  const { memory } = d;
  const kernels = d.features.filter(isOfKernels).join('; ');
  const sections: Section[] = [
    {
      title: 'Engine',
      rows: [
        ['Backend', d.backend],
        ['Why', d.reason],
        ...(d.threads ? [['Threads', threadsText(d.threads)] as const] : []),
        ...(kernels ? [['Kernels', kernels] as const] : []),
        ...(d.path ? [['Computes by', d.path] as const] : []),
        [
          'Self-test',
          `largest relative error ${d.selfTestError.toExponential(1)}, ${Math.round(d.selfTestMs)} ms`,
        ],
      ],
    },
    { title: 'Tried', rows: d.trials.map((t) => [t.backend, trialText(t, d.reason)]) },
    { title: 'Adapter', rows: d.adapter ? entriesOf(d.adapter) : [['WebGPU adapter', 'not in use']] },
    {
      title: 'Memory',
      rows: [
        ['Tensors', String(memory.tensors)],
        ['In tensors', formatBytes(memory.bytes)],
        ['Held, peak', formatBytes(memory.reservedBytes)],
      ],
    },
    {
      title: 'From drop to first slice, ms',
      rows: d.coldStart ? coldStartRows(d.coldStart) : [['No slice yet', 'translate one']],
    },
    {
      title: 'Timings, ms',
      rows: Object.entries(d.timings).map(([name, ms]) => [TIMINGS[name] ?? name, ms.toFixed(1)]),
    },
    { title: 'Versions', rows: [...entriesOf(d.versions), ['Browser', d.userAgent]] },
    {
      title: 'Features',
      rows: d.adapter
        ? [['Enabled', d.features.filter((one) => !isOfKernels(one)).join(', ') || 'none']]
        : [],
    },
    { title: 'Limits', rows: entriesOf(d.limits) },
  ];
  return sections.filter((section) => section.rows.length > 0);
}

/** Why the chosen one was chosen stands above. */
const trialText = ({ outcome, reason }: Diagnostics['trials'][number], why: string): string =>
  reason === why ? outcome : `${outcome}: ${reason}`;

/** What workers/translate/calls.ts times. */
const TIMINGS: Readonly<Record<string, string>> = {
  loadWeights: 'Weights loaded',
  firstStep: 'First step',
  step: 'Step',
  slice: 'Slice',
  prepare: 'Slice cut out and scaled',
  place: 'Slice put back on the scan’s grid',
  selfTest: 'Self-test',
};

const threadsText = ({ count, note }: NonNullable<Diagnostics['threads']>): string =>
  note === null ? String(count) : `${count}, because ${note}`;

const WEIGHTS_FROM: Record<ColdStart['weightsFrom'], string> = {
  network: 'Weights downloaded (first visit)',
  store: 'Weights from this browser’s store',
  file: 'Weights from a file',
};

function coldStartRows({ weightsFrom, compile, ...cold }: ColdStart): Row[] {
  const ms = (value: number) => value.toFixed(0);
  return [
    ['Scan read', ms(cold.read)],
    [WEIGHTS_FROM[weightsFrom], ms(cold.weights)],
    ['Weights put on the backend', ms(cold.placed)],
    [TIMINGS.prepare, ms(cold.prepare)],
    ...(compile === null ? [] : [['Kernels made in the first step', ms(compile)] as const]),
    [compile === null ? 'Slice, with its kernels' : 'Slice computed', ms(cold.run)],
    [TIMINGS.place, ms(cold.place)],
    ['Together', ms(cold.total)],
  ];
}

function entriesOf(values: object): Row[] {
  return Object.entries(values).map(([name, value]) => [name, String(value)]);
}

export function diagnosticsText(d: Diagnostics): string {
  return sectionsOf(d)
    .map(({ title, rows }) => [title, ...rows.map(([name, value]) => `  ${name}: ${value}`)].join('\n'))
    .join('\n');
}
