import { describe, expect, it } from 'vitest';
import { plainJson, plainLine, plainText, shortName, shortSentence } from './plainText';

/** Erases a line, turns what follows round, rings, ends a line, and the 8-bit form of an escape. */
const HOSTILE = 'a\x1b[2Kb\u202ec\u2066d\x07e\0f\x9bg\u2069h\x7f';
const controls = (text: string) =>
  [...text].filter((one) => /\p{Cc}|\p{Bidi_Control}/u.test(one)).map((one) => one.codePointAt(0));

it('shows no control character', () => {
  for (const plain of [plainText, plainLine, shortName, shortSentence])
    expect(plain(HOSTILE)).toBe('a\ufffd[2Kb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg\ufffdh\ufffd');
});

it('keeps a sentence and a name on one line, a report on its lines', () => {
  expect(plainText('a\n\tb\rc')).toBe('a\n\tb\ufffdc');
  for (const plain of [plainLine, shortName, shortSentence])
    expect(plain('a\r\nb\u2028c\td')).toBe('a b c d');
});

it('writes JSON that means the same', () => {
  const value = { name: `${HOSTILE}\n"\\`, list: ['\u2029'] };
  const json = plainJson(JSON.stringify(value, null, 2));
  expect(JSON.parse(json)).toEqual(value);
  expect(controls(json.replaceAll('\n', ''))).toEqual([]);
});

describe('what is too long', () => {
  it('keeps both ends of a name', () => {
    const name = shortName(`sub-01_${'x'.repeat(300)}_T1w.nii.gz`);
    expect(name).toHaveLength(80);
    expect(name).toMatch(/^sub-01_x+…x+_T1w\.nii\.gz$/);
    expect(shortName('n'.repeat(80))).toBe('n'.repeat(80));
  });

  it('keeps rule and advice of a sentence about a long name', () => {
    const rule = (name: string) => `zip: "${name}" must end within the file; the file is damaged`;
    expect(shortSentence(rule('n m '.repeat(50_000)))).toMatch(
      /^zip: "n m [^"]*…[^"]*n m " must end .* damaged$/,
    );
    expect(shortSentence(rule('n'.repeat(20)))).toBe(rule('n'.repeat(20)));
    expect(shortSentence(`${'x'.repeat(250_000)}: must be there`)).toMatch(
      /^x{1,100}…x{1,100}: must be there$/,
    );
    expect(shortSentence('word '.repeat(50_000))).toHaveLength(600);
  });

  it('cuts no letter in two', () => {
    for (const text of [
      shortName('🧠'.repeat(100)),
      shortSentence('🧠 '.repeat(1000)),
      shortName(`a${'🧠'.repeat(99)}`),
    ])
      expect(text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
  });
});
