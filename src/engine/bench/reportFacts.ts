/** What a report was made of: all that one needs to cite it and to repeat it, as data and as the lines that it begins with. */
import { counted } from '../counted';
import { methodOf } from '../methods';
import { isUnconditionalModel } from '../unconditional';
import { type Bench, type BenchModel, gridText, pairsOf, tasksOf, taskText } from './bench';

/** What the bench does not know: where its scans come from, and what computes. */
export interface ReportOrigin {
  /** Data sets as they were given; none where no scan is needed. */
  data: readonly string[];
  split: string;
  /** Subjects of a data set at the most; null for all. */
  limit: number | null;
  /** Choices of scans as they were given, such as `--filter`; empty where there are none. */
  choices: readonly string[];
  backend: string;
  version: string;
  /** Of the run. */
  date: Date;
  /** What an earlier run has measured, where its date tells of another moment. */
  earlier?: string;
}

export interface ModelFacts {
  name: string;
  /** Its id: where its card lies in the folder that was named, or that of a model that comes with the program. */
  card: string;
  sha256: string;
  method: string;
  task: string;
  /** Side of its image in pixels, and of a pixel in mm. */
  size: number;
  pixelSize: number;
  iterations: number;
  trainedOn: string;
}

export interface ReportFacts extends Omit<ReportOrigin, 'date' | 'split'> {
  /** Null where no scan is used. */
  split: string | null;
  date: string;
  device?: string;
  options: Bench['options'];
  models: ModelFacts[];
  /** Models that could not be read. */
  unread: { name: string; card: string; why: string }[];
  pairs: { task: string; subject: string; patient: string }[];
}

export function reportFacts(bench: Bench, { date, ...origin }: ReportOrigin): ReportFacts {
  return {
    ...origin,
    split: origin.data.length > 0 ? origin.split : null,
    date: date.toISOString(),
    ...(bench.device !== undefined && { device: bench.device }),
    options: bench.options,
    models: bench.models.map(modelFacts),
    unread: (bench.unread ?? []).map(({ id, name, why }) => ({ name, card: id, why })),
    pairs: tasksOf(bench).flatMap((task) =>
      pairsOf(bench, task).map(({ subject, patient }) => ({ task: taskText(task), subject, patient })),
    ),
  };
}

const modelFacts = ({ id, name, card }: BenchModel): ModelFacts => ({
  name,
  card: id,
  sha256: card.weights.sha256,
  method: card.network.method,
  task: isUnconditionalModel(card) ? `${card.target} of noise alone` : taskText(card),
  size: card.preprocessing.size,
  pixelSize: card.preprocessing.pixelSize,
  iterations: card.training.iterations,
  trainedOn: card.training.data,
});

/** A line of where it comes from, and one of each image size and length of training, with the rows that have them. */
export function factLines(facts: ReportFacts): string[] {
  const { data, split, limit, choices, options, backend, device, version, date, earlier, models } = facts;
  const tasks = [...new Set(facts.pairs.map(({ task }) => task))];
  const patients = tasks.map((task) => {
    const own = facts.pairs.filter((pair) => pair.task === task);
    const count = new Set(own.map(({ patient }) => patient)).size;
    return `${task} ${counted(own.length, 'pair')} of ${counted(count, 'patient')}`;
  });
  const scans =
    data.length === 0
      ? []
      : [
          `Data ${data.join(', ')}, split ${split}`,
          ...(limit === null
            ? []
            : [`at most ${counted(limit, 'subject')} of a data set (--limit ${limit})`]),
          ...choices,
          ...patients,
          options.slices === null ? 'all slices with head' : `--slices ${options.slices}`,
        ];
  const line = [
    ...scans,
    ...(options.quick ? ['--quick'] : options.samples > 1 ? [`--samples ${options.samples}`] : []),
    `seed ${options.seed}`,
    // A device's name begins with its backend.
    device?.startsWith(backend) ? device : [backend, device].filter(Boolean).join(', '),
    `SynDiff Web ${version}`,
    date.slice(0, 10),
    ...(earlier === undefined ? [] : [earlier]),
  ].join('; ');
  return [`${line}.`, ...modelLines(models, data.length > 0)];
}

/** @param areScored what they make of data is compared */
function modelLines(models: readonly ModelFacts[], areScored: boolean): string[] {
  const groups = new Map<string, Set<string>>();
  for (const model of models) {
    const { name, method, size, pixelSize, iterations } = model;
    const grid = gridText({ preprocessing: { size, pixelSize } });
    const text = `${grid}, ${counted(iterations, 'iteration')}`;
    const label = methodOf({ method: method as never }).label;
    const row = name === label ? name : `${name} (${label})`;
    groups.set(text, (groups.get(text) ?? new Set()).add(row));
  }
  const lines = [...groups].map(([text, names]) => `${[...names].join(', ')}: ${text}.`);
  return areScored && groups.size > 1
    ? [
        ...lines,
        'Models of other image sizes or other lengths of training stand side by side: part of a difference is that.',
      ]
    : lines;
}
