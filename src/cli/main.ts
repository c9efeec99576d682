import { BadRequest } from '../errors';
import { plainText, shortSentence } from '../plainText';
import { inWords } from '../platform/node/fileErrors';
import { packageVersion } from '../platform/node/packageRoot';
import { benchCommand } from './bench/benchCommand';
import { evaluateCommand } from './evaluate/evaluateCommand';
import { isBadInput } from './kit/badInput';
import { type Command, parseCommand } from './kit/command';
import { helpText, rowsText, wrapped } from './kit/help';
import { type Io, plainIo } from './kit/io';
import { nearest } from './kit/nearest';
import { ReaderGone } from './kit/stdout';
import { modelsCommand } from './models/modelsCommand';
import { parityCommand } from './parity/parityCommand';
import { sampleCommand } from './sample/sampleCommand';
import { trainCommand } from './train/trainCommand';
import { translateCommand } from './translate/translateCommand';
import { volumeCommand } from './volume/volumeCommand';
import { weightsConvertCommand } from './weights/weightsConvertCommand';
import { weightsInputsCommand } from './weights/weightsInputsCommand';
import { weightsInspectCommand } from './weights/weightsInspectCommand';

const COMMANDS: readonly Command[] = [
  translateCommand,
  sampleCommand,
  evaluateCommand,
  benchCommand,
  volumeCommand,
  modelsCommand,
  weightsInspectCommand,
  weightsConvertCommand,
  weightsInputsCommand,
  parityCommand,
  trainCommand,
];

/** As shells count a program that Ctrl-C ended. */
const INTERRUPTED = 130;
/** As they count one whose reader has gone. */
const READER_GONE = 141;

/**
 * Runs the program with the arguments after its name and returns its exit code: 0 success, 1 failed, 2 bad usage or bad
 * input, 130 interrupted, 141 where nobody reads the results. Never throws: an error is one sentence on stderr, with its stack where `io.debug` is set.
 */
export async function main(argv: readonly string[], terminal: Io): Promise<number> {
  const io = plainIo(terminal);
  try {
    if (argv.length === 0) throw new BadRequest('syndiff: needs a command, got none; see `syndiff --help`');
    if (argv[0] === 'help') return await main([...argv.slice(1), '--help'], io);
    const answer = answerAtOnce(argv);
    if (answer !== null) {
      io.out(answer);
      return 0;
    }
    const { command, rest } = findCommand(argv);
    const args = parseCommand(command, rest);
    if (args.has('help')) {
      io.out(helpText(command));
      return 0;
    }
    return await command.run(args, io);
  } catch (error) {
    return report(error, terminal);
  }
}

/** The version, or help on more than one command; null for anything else. */
function answerAtOnce([first, second]: readonly string[]): string | null {
  if (first === '--version') return `${packageVersion()}\n`;
  if (first === '--help' || first === '-h') return programHelp();
  const family = familyOf(first);
  const asksHelp = second === '--help' || second === '-h';
  return family.length > 0 && asksHelp ? family.map(helpText).join('\n') : null;
}

/** The commands of which this is the first of two words, such as "weights". */
function familyOf(word: string): readonly Command[] {
  return COMMANDS.filter(({ name }) => name.startsWith(`${word} `));
}

function findCommand(argv: readonly string[]): { command: Command; rest: readonly string[] } {
  for (const command of COMMANDS) {
    const words = command.name.split(' ');
    if (words.every((word, i) => argv[i] === word)) return { command, rest: argv.slice(words.length) };
  }
  const family = familyOf(argv[0]);
  const [names, got] = family.length > 0 ? [family, argv.slice(0, 2).join(' ')] : [COMMANDS, argv[0]];
  const all = names.map(({ name }) => name);
  const meant = nearest(got, all);
  throw new BadRequest(
    `syndiff: the commands are ${all.join(', ')}, got "${got}"; ${meant ? `did you mean ${meant}? Else ` : ''}see \`syndiff --help\``,
  );
}

function programHelp(): string {
  const paragraphs = [
    'syndiff COMMAND --help says more, syndiff --version which version this is. Results go to stdout, progress to stderr.',
    'Exit code: 0 success, 1 failed, 2 bad usage or bad input, of one scan among several too (the rest is done), 130 stopped by Ctrl-C or a signal, 141 where nobody reads the results (`| head`). DEBUG=1 shows stack traces.',
  ];
  return [
    ...wrapped(
      "Medical image translation by SynDiff's adversarial reverse diffusion. Research only, not for clinical use.",
    ),
    '',
    'Usage: syndiff COMMAND ... [--json]',
    '',
    ...rowsText(COMMANDS.map(({ name, summary }) => [name, summary])),
    '',
    ...paragraphs.flatMap((text) => wrapped(text)),
    '',
  ].join('\n');
}

function report(thrown: unknown, io: Io): number {
  if (thrown instanceof ReaderGone) return READER_GONE;
  const error = inWords(thrown);
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  io.err(`${io.debug ? plainText(String(stack)) : shortSentence(message)}\n`);
  if (name === 'Aborted') return INTERRUPTED;
  return isBadInput(error) ? 2 : 1;
}
