import { parseArgs } from 'node:util';
import { BadRequest } from '../../errors';
import type { Io } from './io';
import { nearest } from './nearest';

/** One option: its help line, and how it is parsed. */
export interface OptionSpec {
  /** Placeholder of the value, e.g. "A:B"; a switch where absent. */
  readonly value?: string;
  readonly text: string;
  readonly default?: string;
  /** The value where none follows: the end, or another option. */
  readonly implied?: string;
  /** May be given several times, and in a command without arguments be followed by several values: all of them, with commas between. */
  readonly several?: boolean;
}

export interface Arguments {
  readonly positionals: readonly string[];
  /** Value of an option, its default, or undefined. */
  text(name: string): string | undefined;
  /** The values of an option that may be given several times, each by itself. */
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
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Arguments of one call as a user would type it. */
  readonly example: string;
  /** Returns the exit code. Throws BadRequest and the errors of what it calls. */
  run(args: Arguments, io: Io): Promise<number>;
}

export const HELP: OptionSpec = { text: 'this text (also -h)' };

/** Parses what follows the command's name. Throws BadRequest on unknown options and on too few or too many arguments. */
export function parseCommand(command: Command, argv: readonly string[]): Arguments {
  const specs: Record<string, OptionSpec> = { ...command.options, help: HELP };
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      {
        type: spec.value ? ('string' as const) : ('boolean' as const),
        ...(spec === HELP ? { short: 'h' } : {}),
      },
    ]),
  );
  const { values, tokens } = parsed(command, withImplied(argv, specs), options);
  const { instead } = command;
  const isOther = instead !== undefined && values[instead.option] !== undefined;
  const wanted = isOther ? [] : command.positionals;
  const { given, positionals } = gathered(
    tokens,
    (name) => wanted.length === 0 && specs[name]?.several === true,
  );
  const args: Arguments = {
    positionals,
    text: (name) => given.get(name)?.join(',') ?? specs[name]?.default,
    texts: (name) => given.get(name) ?? [],
    has: (name) => values[name] === true,
  };
  if (args.has('help')) return args;
  for (const [name, [first, second]] of given)
    if (second !== undefined && !specs[name].several)
      throw new BadRequest(
        `--${name}: must be given once, got ${first} and ${second}; leave one of them out`,
      );
  if (positionals.length !== wanted.length) {
    const rule = isOther ? `no arguments beside --${instead.option}` : wanted.join(' ') || 'no arguments';
    const isMore = wanted.length > 0 && positionals.length > wanted.length;
    throw new BadRequest(
      `${command.name}: needs ${rule}${isMore ? ' and no more' : ''}, got ${positionals.length ? positionals.join(' ') : 'nothing'}; ${isMore ? 'call it once for each, or ' : ''}see \`syndiff ${command.name} --help\``,
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

function withImplied(argv: readonly string[], specs: Readonly<Record<string, OptionSpec>>): string[] {
  return argv.map((word, at) => {
    const implied = word.startsWith('--') ? specs[word.slice(2)]?.implied : undefined;
    const isAlone = at === argv.length - 1 || argv[at + 1].startsWith('-');
    return implied !== undefined && isAlone ? `${word}=${implied}` : word;
  });
}

type Tokens = NonNullable<ReturnType<typeof parsed>['tokens']>;

/** All values of each option, with the words after one that takes several; the other words. */
function gathered(tokens: Tokens, takesWords: (name: string) => boolean) {
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  let open: string[] | null = null;
  for (const token of tokens) {
    if (token.kind === 'positional') (open ?? positionals).push(token.value);
    else if (token.kind === 'option' && token.value !== undefined) {
      const all = given.get(token.name) ?? [];
      given.set(token.name, all);
      all.push(token.value);
      open = takesWords(token.name) ? all : null;
    } else open = null;
  }
  return { given, positionals };
}

function parsed(
  command: Command,
  argv: readonly string[],
  options: Record<string, { type: 'string' | 'boolean'; short?: string }>,
) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true, tokens: true });
  } catch (error) {
    const { message } = error as Error;
    const help = `see \`syndiff ${command.name} --help\``;
    const [, unknown] = /^Unknown option '([^']*)'/.exec(message) ?? [];
    if (unknown !== undefined) {
      const meant = nearest(unknown.replace(/^-+/, ''), Object.keys(options));
      throw new BadRequest(
        `${command.name}: Unknown option '${unknown}'; ${meant ? `did you mean --${meant}? Else ` : ''}${help}`,
      );
    }
    // "--seed -1" and "--output --json" look alike to parseArgs.
    const [, ambiguous] = /'([^']+)' argument is ambiguous/.exec(message) ?? [];
    if (ambiguous) {
      throw new BadRequest(
        `${command.name}: ${ambiguous} needs a value, got what starts with a dash; write ${ambiguous}=VALUE if it is meant`,
      );
    }
    // Advice for odd cases follows; the first sentence says what is wrong.
    const [sentence] = message.split(/\. |\n/);
    throw new BadRequest(`${command.name}: ${sentence}; ${help}`);
  }
}
