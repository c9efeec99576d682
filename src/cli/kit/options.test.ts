import { describe, expect, it } from 'vitest';
import { BadRequest } from '../../errors';
import { type Command, parseCommand } from './command';
import { decimal, oneOf, optional, sliceRange, wholeNumber } from './options';

const COMMAND: Command = {
  name: 'try',
  summary: '',
  positionals: [],
  options: {
    slices: { value: 'A:B', text: '' },
    seed: { value: 'N', text: '', default: '7' },
    noise: { value: 'NAME', text: '', default: 'shared' },
    rate: { value: 'X', text: '' },
    simple: { value: '[0|1]', implied: '1', text: '' },
  },
  example: '',
  run: async () => 0,
};
const given = (...argv: string[]) => parseCommand(COMMAND, argv);

describe('wholeNumber', () => {
  it('reads a number or the default', () => {
    expect(wholeNumber(given(), 'seed', 0, 9)).toBe(7);
    expect(wholeNumber(given('--seed', '3'), 'seed', 0, 9)).toBe(3);
    expect(wholeNumber(given('--seed=-3'), 'seed', -5, 9)).toBe(-3);
  });
  it.each(['10', '-1', '1.5', '1e1', 'x', '', '0x1'])('refuses %j', (text) => {
    expect(() => wholeNumber(given(`--seed=${text}`), 'seed', 0, 9)).toThrow(
      `--seed: must be a whole number from 0 to 9, got "${text}"`,
    );
  });
});

describe('oneOf', () => {
  it('takes a known choice only', () => {
    expect(oneOf(given(), 'noise', ['shared', 'independent'])).toBe('shared');
    expect(() => oneOf(given('--noise', 'pink'), 'noise', ['shared', 'independent'])).toThrow(
      '--noise: must be one of shared, independent, got "pink"',
    );
  });
});

it('an option may stand without its value, at the end or before another one', () => {
  const simple = (...argv: string[]) => given(...argv).text('simple');
  expect(simple()).toBeUndefined();
  expect(simple('--simple')).toBe('1');
  expect(simple('--simple', '--seed', '3')).toBe('1');
  expect(given('--simple', '--seed', '3').text('seed')).toBe('3');
  for (const argv of [['--simple', '0'], ['--simple=0']]) expect(simple(...argv)).toBe('0');
  expect(() => given('--seed', '--simple')).toThrow('--seed needs a value');
});

describe('sliceRange', () => {
  const range = (text: string) => sliceRange(given(`--slices=${text}`), 5);
  it('is half open and may leave an end out', () => {
    expect(range('1:3')).toEqual([1, 2]);
    expect(range('3:')).toEqual([3, 4]);
    expect(range(':2')).toEqual([0, 1]);
    expect(range('4:5')).toEqual([4]);
    expect(sliceRange(given(), 5)).toBeUndefined();
  });
  it.each(['3', '3:3', '4:2', '0:6', '-1:2', 'a:b', '1:2:3', ''])('refuses %j', (text) => {
    expect(() => range(text)).toThrow(BadRequest);
    expect(() => range(text)).toThrow(/0 <= A < B <= 5/);
  });
});

describe('sliceRange, what to do', () => {
  const range = (text: string) => sliceRange(given(`--slices=${text}`), 5);
  it('says how one slice is written', () => {
    expect(() => range('3')).toThrow('got "3"; write 3:4 for that slice alone');
    expect(() => range('5')).toThrow('got "5"; correct the range');
  });
});

describe('decimal', () => {
  const read = (text: string) => decimal(given(`--rate=${text}`), 'rate', 0, 1);
  it.each([
    ['0', 0],
    ['1.6e-4', 1.6e-4],
    ['.5', 0.5],
    ['1.', 1],
  ])('reads %j', (text, value) => {
    expect(read(text)).toBe(value);
  });
  it.each(['', '.', '-0.1', '1.01', '1,5', '0x1', 'Infinity', 'NaN'])('refuses %j', (text) => {
    expect(() => read(text)).toThrow(`--rate: must be a number from 0 to 1, got "${text}"`);
  });
});

describe('optional', () => {
  it('reads an option only where it is given', () => {
    const read = (args: ReturnType<typeof given>) => optional(args, 'rate', (a, n) => decimal(a, n, 0, 1));
    expect(read(given())).toBeUndefined();
    expect(read(given('--rate', '0.25'))).toBe(0.25);
  });
});

describe('an option that takes several values', () => {
  const options = { ...COMMAND.options, a: { value: 'SCANS', several: true, text: '' } };
  const parse = (argv: string[], positionals: string[] = []) =>
    parseCommand({ ...COMMAND, positionals, options }, argv);

  it('has them with commas, again and again, or as words that follow', () => {
    for (const argv of [
      ['--a', 'x,y,z'],
      ['--a', 'x', '--seed', '1', '--a=y,z'],
      ['--a', 'x', 'y', 'z', '--seed', '1'],
    ])
      expect(parse(argv).text('a'), argv.join(' ')).toBe('x,y,z');
    const many = Array.from({ length: 20_000 }, (_, n) => `sub-${n}.nii`);
    expect(parse(['--a', ...many]).text('a')).toBe(many.join(','));
  });

  it('leaves words to a command that has arguments, and those after another option', () => {
    expect(parse(['--a', 'x', 'y'], ['FILE'])).toMatchObject({ positionals: ['y'] });
    expect(() => parse(['--a', 'x', '--seed', '1', 'y'])).toThrow('try: needs no arguments, got y;');
  });
});
