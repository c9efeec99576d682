/** Help texts, in lines that fit a terminal. */
import { largestOf } from '../../volume/extremes';
import { type Command, HELP } from './command';

const COLUMNS = 80;
/** Options with longer values have their text below. */
const LEFT = 24;

/** Usage, options with their defaults, one example. */
export function helpText(command: Command): string {
  const { name, instead, positionals, options } = command;
  const rows = Object.entries({ ...options, help: HELP }).map(([option, spec]) => {
    const fallback = spec.default === undefined ? '' : ` (default ${spec.default})`;
    return [`--${option}${spec.value ? ` ${spec.value}` : ''}`, spec.text + fallback] as const;
  });
  const other =
    instead && `       syndiff ${name} --${instead.option} ${options[instead.option].value} [options]`;
  return [
    ...wrapped(command.summary),
    '',
    `Usage: syndiff ${[name, ...positionals].join(' ')} [options]`,
    ...(other ? [other] : []),
    '',
    ...rowsText(rows),
    '',
    ...exampleText(`Example: syndiff ${name} ${command.example}`.trimEnd()),
    '',
  ].join('\n');
}

/** What stands left, and its text in a column beside it. */
export function rowsText(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(LEFT, largestOf(rows.map(([left]) => left.length)));
  const indent = ' '.repeat(width + 4);
  return rows.flatMap(([left, text]) => {
    const lines = wrapped(text, COLUMNS - indent.length).map((line) => indent + line);
    if (left.length > width) return [`  ${left}`, ...lines];
    return [`  ${left.padEnd(width)}  ${lines[0].slice(indent.length)}`, ...lines.slice(1)];
  });
}

/** At spaces; a word that is longer than a line has one of its own. */
export function wrapped(text: string, columns = COLUMNS): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** As a shell reads it. */
function exampleText(call: string): string[] {
  const lines = wrapped(call, COLUMNS - 4);
  return lines.map((line, n) => `${n > 0 ? '  ' : ''}${line}${n < lines.length - 1 ? ' \\' : ''}`);
}
