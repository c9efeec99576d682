import { parseArgs } from 'node:util';
import { BadRequest } from '../../errors';
import type { Io } from './io';

/** One option: its help line, and how it is parsed. */
export interface OptionSpec {
  /** Placeholder of the value, e.g. "A:B"; a switch where absent. */
  readonly value?: string;
  readonly text: string;
  readonly default?: string;
  /** It may be given several times. */
  readonly many?: true;
}

export interface Arguments {
  readonly positionals: readonly string[];
  /** Value of an option, its default, or undefined. */
  text(name: string): string | undefined;
  /** All values of an option that may be given several times. */
  texts(name: string): readonly string[];
  has(name: string): boolean;
}

/** A command of the program; help and parsing come from the same table. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Placeholders of the positional arguments, all required. */
  readonly positionals: readonly string[];
  /** Another form of the command: with this option there are no positional arguments. `only`: options that belong to one of the forms. */
  readonly instead?: {
    readonly option: string;
    readonly only: { readonly here: readonly string[]; readonly there: readonly string[] };
  };
  /** Arguments are neither checked nor used. */
  readonly anyArguments?: boolean;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Arguments of one call as a user would type it. */
  readonly example: string;
  /** Returns the exit code. Throws BadRequest and the errors of what it calls. */
  run(args: Arguments, io: Io): Promise<number>;
}

const HELP: OptionSpec = { text: 'this text (also -h)' };

/** Parses what follows the command's name. Throws BadRequest on unknown options and on too few or too many arguments. */
export function parseCommand(command: Command, argv: readonly string[]): Arguments {
  const specs: Record<string, OptionSpec> = { ...command.options, help: HELP };
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      {
        type: spec.value ? ('string' as const) : ('boolean' as const),
        multiple: spec.many ?? false,
        ...(spec === HELP ? { short: 'h' } : {}),
      },
    ]),
  );
  const { values, positionals } = parsed(command, argv, options);
  const args: Arguments = {
    positionals,
    text: (name) => (typeof values[name] === 'string' ? values[name] : specs[name]?.default),
    texts: (name) => [values[name] ?? []].flat().map(String),
    has: (name) => values[name] === true,
  };
  if (args.has('help') || command.anyArguments) return args;
  const { instead } = command;
  const isOther = instead !== undefined && values[instead.option] !== undefined;
  const wanted = isOther ? [] : command.positionals;
  if (positionals.length !== wanted.length) {
    const rule = isOther ? `no arguments beside --${instead.option}` : wanted.join(' ') || 'no arguments';
    throw new BadRequest(
      `${command.name}: needs ${rule}, got ${positionals.length ? positionals.join(' ') : 'nothing'}; see \`syndiff ${command.name} --help\``,
    );
  }
  const stray = (isOther ? instead.only.there : (instead?.only.here ?? [])).find(
    (name) => values[name] !== undefined,
  );
  if (stray !== undefined) {
    throw new BadRequest(
      `--${stray}: must be given ${isOther ? 'without' : 'with'} --${instead?.option} only; see \`syndiff ${command.name} --help\``,
    );
  }
  return args;
}

function parsed(
  command: Command,
  argv: readonly string[],
  options: Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }>,
) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: !command.anyArguments });
  } catch (error) {
    const { message } = error as Error;
    // "--seed -1" and "--output --json" look alike to parseArgs.
    const [, ambiguous] = /'([^']+)' argument is ambiguous/.exec(message) ?? [];
    if (ambiguous) {
      throw new BadRequest(
        `${command.name}: ${ambiguous} needs a value, got what starts with a dash; write ${ambiguous}=VALUE if it is meant`,
      );
    }
    // Advice for odd cases follows; the first sentence says what is wrong.
    const [sentence] = message.split(/\. |\n/);
    throw new BadRequest(`${command.name}: ${sentence}; see \`syndiff ${command.name} --help\``);
  }
}

/** Usage, options with their defaults, one example. */
export function helpText(command: Command): string {
  const { instead } = command;
  const options = Object.entries({ ...command.options, help: HELP }).map(([name, spec]) => {
    const left = spec.value ? `--${name} ${spec.value}` : `--${name}`;
    const fallback = spec.default === undefined ? '' : ` (default ${spec.default})`;
    return [left, spec.text + fallback] as const;
  });
  const width = Math.max(...options.map(([left]) => left.length));
  return [
    `${command.summary}`,
    '',
    `Usage: syndiff ${[command.name, ...command.positionals].join(' ')} [options]`,
    ...(instead
      ? [
          `       syndiff ${command.name} --${instead.option} ${command.options[instead.option].value} [options]`,
        ]
      : []),
    '',
    ...options.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    '',
    `Example: syndiff ${command.name} ${command.example}`.trimEnd(),
    '',
  ].join('\n');
}
