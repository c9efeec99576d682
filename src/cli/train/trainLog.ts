/** log.jsonl of a training run: one JSON object a line, oldest first. */
import { existsSync } from 'node:fs';
import type { MemoryEstimate } from '../../engine/training/estimate';
import { firstOf } from '../../engine/training/historyFile';
import type { Every } from '../../engine/training/loop';
import type { RunHistory, StepReport, Validation } from '../../engine/training/reports';
import type { TrainSettings } from '../../engine/training/settings';
import { addLine, readTextSync, writeBytes } from '../../platform/node/files';
import { type Infer, object, oneOf, optional, parseJson, refine, refusal, whole, within } from '../../schema';

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
  /** @param say told of damaged lines */
  constructor(
    private readonly path: string,
    private readonly say: (sentence: string) => void,
  ) {}

  /** Begins anew. */
  async start(line: StartLine): Promise<void> {
    await writeBytes(this.path, `${lineOf(line).text}\n`);
  }

  add(line: LogLine): void {
    addLine(this.path, lineOf(line).text);
  }

  /**
   * Makes the log that of a run which has never gone beyond `step`, nor stopped there: what was told after it is dropped, with
   * the checkpoint that only the stop wrote, and what a crash kept from the log is taken from the history. What the history has lost
   * stays in the log.
   */
  async rewind(start: StartLine, step: number, history: RunHistory): Promise<void> {
    const old = new Map(this.lines().map((line) => [key(line), line]));
    const { steps, validations } = history;
    const { settings, every } = start;
    const isPlanned = (at: number) =>
      at === 0 || at === settings.iterations || (every.checkpoint > 0 && at % every.checkpoint === 0);
    const wanted: Line[] = [
      ...steps.map((report) => lineOf({ event: 'step', ...report })),
      ...validations.map((validation) => lineOf({ event: 'validation', ...validation })),
      ...[...old.values()].filter((line) => line.event !== 'start' && line.event !== 'end'),
    ].filter((line) => line.event !== 'checkpoint' || isPlanned(line.step));
    const kept = [...new Map(wanted.map((line) => [key(line), line])).values()]
      .filter((line) => line.step <= step)
      .map((line) => old.get(key(line)) ?? line)
      .sort((a, b) => a.step - b.step || rank(a) - rank(b));
    const first = lineOf(start);
    const lines = [old.get(key(first)) ?? first, ...kept];
    await writeBytes(this.path, lines.map((line) => `${line.text}\n`).join(''));
  }

  /** Without damaged ones, of which all but a last line that a crash cut short are told. */
  private lines(): Line[] {
    if (!existsSync(this.path)) return [];
    const advice = 'it is left out, and made again from the history where that has it';
    const texts = readTextSync(this.path).split('\n').slice(0, -1);
    const damage: string[] = [];
    const lines = texts.flatMap((text, n) => {
      try {
        return [{ ...parseJson(text, PLACE, { subject: this.path, name: `line ${n + 1}`, advice }), text }];
      } catch (error) {
        damage.push((error as Error).message);
        return [];
      }
    });
    for (const sentence of firstOf(
      damage,
      (n) => `${this.path}: ${n} more lines are damaged; they are left out`,
    ))
      this.say(sentence);
    return lines;
  }
}

const EVENTS = ['start', 'step', 'validation', 'checkpoint', 'end'] as const;

/** Where a line belongs; the first has no step. */
const PLACE = refine(
  object({ event: oneOf(EVENTS), step: optional(whole()) }),
  ({ event, step = -1 }, at) => {
    if (step < 0 && event !== 'start')
      throw refusal('a whole number', 'nothing', { ...within(at), name: 'step' });
    return { event, step };
  },
);

/** As it stands, so that it goes back as it was. */
type Line = Infer<typeof PLACE> & { text: string };

const lineOf = (line: LogLine): Line => ({
  event: line.event,
  step: line.event === 'start' ? -1 : line.step,
  text: JSON.stringify(line),
});
const key = ({ event, step }: Line) => `${event} ${step}`;

/** The order within an iteration; a run that begins saves before it looks. */
function rank({ event, step }: Line): number {
  return event === 'checkpoint' && step === 0 ? 0 : EVENTS.indexOf(event);
}
