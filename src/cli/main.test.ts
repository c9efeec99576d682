import { describe, expect, it } from 'vitest';
import { fakeIo } from './kit/fakeIo';
import { type Io, plainIo } from './kit/io';
import { ReaderGone } from './kit/stdout';
import { main } from './main';
import { runMain } from './runMain';

const COMMANDS = [
  'sample',
  'translate',
  'evaluate',
  'bench',
  'volume',
  'models',
  'weights inspect',
  'weights convert',
  'parity',
  'train',
];

const run = (...argv: string[]) => runMain(argv);

describe('help', () => {
  it('of the program names every command and goes to stdout', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of COMMANDS) expect(stdout).toContain(`\n  ${name} `);
  });

  it.each(COMMANDS)('of %s says usage, options and an example', async (name) => {
    const { code, stdout, stderr } = await run(...name.split(' '), '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: syndiff ${name}`);
    expect(stdout).toContain('--help');
    expect(stdout).toContain(`Example: syndiff ${name}`);
  });

  it.each(['', ...COMMANDS, 'weights inputs'])('of "%s" fits 80 columns', async (name) => {
    const { stdout } = await run(...name.split(' ').filter(Boolean), '--help');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('has an example that a shell reads as one call', async () => {
    const { stdout } = await run('translate', '--help');
    const call = stdout.slice(stdout.indexOf('Example: syndiff ') + 17).replaceAll(' \\\n', '');
    expect(call.trim().split(/\s+/)).toEqual([
      'translate',
      'sub-01_T1w.nii.gz',
      '--model',
      't1w-to-flair',
      '--output',
      'sub-01_desc-synth_FLAIR.nii.gz',
    ]);
  });

  it('is also had by "help" and "-h"', async () => {
    const { stdout } = await run('weights', 'inspect', '--help');
    expect(await run('help', 'weights', 'inspect')).toEqual({ code: 0, stdout, stderr: '' });
    expect(await run('weights', 'inspect', '-h')).toEqual({ code: 0, stdout, stderr: '' });
    expect(await run('help')).toEqual(await run('--help'));
    const family = await run('weights', '--help');
    expect(family.code).toBe(0);
    expect(family.stdout).toContain(stdout);
    expect(family.stdout).toContain('Usage: syndiff weights convert');
  });

  it('gives the version', async () => {
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('gives defaults', async () => {
    const { stdout } = await run('translate', '--help');
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toMatch(/--seed N .*\(default 0\)/);
    expect(text).toMatch(/--backend auto\|webgpu\|wasm\|cpu .*\(default auto\)/);
  });
});

describe('bad usage ends with code 2, nothing on stdout and one sentence on stderr', () => {
  const cases: [string, string[], string][] = [
    ['no command', [], 'needs a command'],
    ['unknown command', ['transalte'], 'got "transalte"; did you mean translate? Else see'],
    ['unknown half of a command', ['weights', 'inspekt'], 'did you mean weights inspect? Else see'],
    [
      'half a command',
      ['weights'],
      'commands are weights inspect, weights convert, weights inputs, got "weights"',
    ],
    [
      'half of it wrong',
      ['weights', 'show'],
      'commands are weights inspect, weights convert, weights inputs, got "weights show"',
    ],
    ['missing argument', ['volume'], 'volume: needs FILE, got nothing; see'],
    [
      'two scans',
      ['translate', 'a.nii', 'b.nii', '--model', 'm'],
      'translate: needs INPUT and no more, got a.nii b.nii; call it once for each, or see `syndiff translate --help`',
    ],
    ['too many arguments', ['volume', 'a.nii', 'b.nii'], 'got a.nii b.nii'],
    ['unknown option', ['volume', 'a.nii', '--fast'], "volume: Unknown option '--fast'"],
    ['misspelt option', ['volume', 'a.nii', '--jsno'], "Unknown option '--jsno'; did you mean --json? Else"],
    [
      'option of another command',
      ['train', '--output', 'x'],
      "Unknown option '--output'; did you mean --out?",
    ],
    [
      'option given twice',
      ['translate', 'a.nii', '--seed', '1', '--seed=2'],
      '--seed: must be given once, got 1 and 2; leave one of them out',
    ],
    [
      'choice left out',
      ['evaluate', '--models', 'x'],
      '--split: must be one of train, val, test, got nothing',
    ],
    ['option without its value', ['volume', 'a.nii', '--raw'], "Option '--raw <value>'"],
    ['value with a dash', ['translate', 'a.nii', '--seed', '-1'], 'write --seed=VALUE if it is meant'],
    ['value forgotten', ['translate', 'a.nii', '--output', '--json'], 'translate: --output needs a value'],
    ['empty argument', ['volume', ''], '"": no such file'],
    ['value for a switch', ['volume', 'a.nii', '--json=yes'], "'--json'"],
    ['missing file', ['volume', 'no-such.nii'], 'no-such.nii: no such file'],
    ['folder for a file', ['volume', 'src'], 'src: is a folder'],
    ['train', ['train', '--a', 'x', '--b', 'y', '--out', 'z'], 'x: no such folder or list of scans'],
    [
      'unknown suite',
      ['bench', '--suite', 'qualty'],
      'steps, unconditional, speed, all, got "qualty"; did you mean quality?',
    ],
    ['bench without a folder', ['bench', '--suite', 'quality'], '--out: must be given'],
  ];
  it.each(cases)('%s', async (_, argv, sentence) => {
    const { code, stdout, stderr } = await run(...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).toMatch(/^[^\n]+\n$/);
  });

  it('shows the stack only when debugging', async () => {
    const io = fakeIo({ debug: true });
    expect(await main(['volume', 'no-such.nii'], io)).toBe(2);
    expect(io.stderr).toMatch(/\n +at /);
  });
});

describe('a result that cannot be written', () => {
  const refusing = (error: Error) => (argv: string[]) =>
    runMain(argv, {
      out: () => {
        throw error;
      },
    });

  it.each([
    ['a result', ['models', '--json']],
    ['help', ['--help']],
    ['help of a command', ['train', '--help']],
  ])('%s: one sentence, exit code 1', async (_, argv) => {
    const { code, stderr } = await refusing(new Error('stdout: must take the whole result'))(argv);
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'stdout: must take the whole result\n' });
  });

  it('is no failure to speak of where nobody reads on', async () => {
    const { code, stderr } = await refusing(new ReaderGone('stdout: nobody reads on'))(['models']);
    expect({ code, stderr }).toEqual({ code: 141, stderr: '' });
  });
});

it('prints no control character of a name, and of a long one both its ends', async () => {
  const name = `a\x1b[2J\u202e\nb${'x'.repeat(300)}.nii`;
  const { code, stderr } = await run('volume', name);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^a\ufffd\[2J\ufffd bx+…x+\.nii: no file has so long a name\n$/);
});

it.each([
  [
    'a warning',
    (io: Io) => io.err('sub-01\x1b[31m\nsub-02: no scan\n'),
    'sub-01\ufffd[31m sub-02: no scan\n',
  ],
  ['a long one', (io: Io) => io.err(`${'left out '.repeat(1000)}\n`), /^(left out )+left …\n$/],
  ['progress', (io: Io) => io.rewrite('reading a\rb'), '\r\x1b[Kreading a b'],
])('shows %s on one line of a terminal', (_, say, shown) => {
  const io = fakeIo({ terminal: true });
  say(plainIo(io));
  expect(io.stderr).toMatch(shown);
  expect(io.stderr.length).toBeLessThanOrEqual(601);
});
