/** log.jsonl of a training run: one JSON object a line, oldest first. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { MemoryEstimate } from '../../engine/training/estimate';
import type { Every } from '../../engine/training/loop';
import type { RunHistory, StepReport, Validation } from '../../engine/training/reports';
import type { TrainSettings } from '../../engine/training/settings';
import { writeSafely } from '../../platform/node/diskRun';

export interface StartLine {
  event: 'start';
  /** ISO 8601. */
  started: string;
  backend: string;
  reason: string;
  settings: TrainSettings;
  every: Every;
  estimate: MemoryEstimate;
}

export type LogLine =
  | StartLine
  | ({ event: 'step'; memoryBytes?: number } & StepReport)
  | ({ event: 'validation' } & Validation)
  | { event: 'checkpoint'; step: number; bytes: number }
  | { event: 'end'; step: number };

export class TrainLog {
  constructor(private readonly path: string) {}

  /** Begins anew. */
  async start(line: StartLine): Promise<void> {
    await writeSafely(this.path, text([line]));
  }

  add(line: LogLine): void {
    appendFileSync(this.path, text([line]));
  }

  /**
   * Makes the log that of a run which has never gone beyond `step`, nor stopped there: what was told after it is dropped, with
   * the checkpoint that only the stop wrote, and what a crash kept from the log is taken from the history.
   */
  async rewind(start: StartLine, step: number, history: RunHistory): Promise<void> {
    const old = new Map(this.lines().map((line) => [key(line), line]));
    const { steps, validations } = history;
    const { settings, every } = start;
    const isPlanned = (at: number) =>
      at === 0 || at === settings.iterations || (every.checkpoint > 0 && at % every.checkpoint === 0);
    const wanted: LogLine[] = [
      ...steps.map((report) => ({ event: 'step', ...report }) as const),
      ...validations.map((validation) => ({ event: 'validation', ...validation }) as const),
      ...[...old.values()].filter((line) => line.event === 'checkpoint' && isPlanned(line.step)),
    ];
    const kept = wanted
      .filter((line) => stepOf(line) <= step)
      .map((line) => old.get(key(line)) ?? line)
      .sort((a, b) => stepOf(a) - stepOf(b) || rank(a) - rank(b));
    await writeSafely(this.path, text([old.get('start') ?? start, ...kept]));
  }

  /** A line that a crash cut short does not count. */
  private lines(): LogLine[] {
    if (!existsSync(this.path)) return [];
    return readFileSync(this.path, 'utf8')
      .split('\n')
      .flatMap((line) => {
        try {
          return [JSON.parse(line) as LogLine];
        } catch {
          return [];
        }
      });
  }
}

const stepOf = (line: LogLine) => (line.event === 'start' ? -1 : line.step);
const key = (line: LogLine) => (line.event === 'start' ? 'start' : `${line.event} ${line.step}`);

/** The order within an iteration; a run that begins saves before it looks. */
function rank(line: LogLine): number {
  const order = ['start', 'step', 'validation', 'checkpoint', 'end'];
  return line.event === 'checkpoint' && line.step === 0 ? 0 : order.indexOf(line.event);
}

function text(lines: readonly LogLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
