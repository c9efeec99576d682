import { describe, expect, it } from 'vitest';
import { type NumberRule, readNumber, ruleText } from './numberField';

const BATCH: NumberRule = { kind: 'whole', min: 1, max: 64 };
const RATE: NumberRule = { kind: 'decimal', min: 0, max: 1 };

describe('a field of a number', () => {
  it.each([
    [BATCH, '1', 1],
    [BATCH, ' 64 ', 64],
    [BATCH, '1e1', 10],
    [RATE, '1e-4', 1e-4],
    [RATE, '0,5', 0.5],
    [RATE, '.25', 0.25],
    [{ kind: 'decimal', min: 0 }, '1000000', 1e6],
    [{ kind: 'whole', min: -3, max: 3 }, '-3', -3],
  ] as [NumberRule, string, number][])('takes %j: %s', (rule, text, value) => {
    expect(readNumber(text, rule)).toBe(value);
  });

  it.each([
    ...['', ' ', '0', '65', '1.5', 'two', '1 2', '0x10', 'Infinity', '1e', '--1'].map((text) => [
      BATCH,
      text,
    ]),
    ...['', '-0.1', '1.01', '1,2,3', 'NaN', '1e-'].map((text) => [RATE, text]),
  ] as [NumberRule, string][])('refuses %j: "%s"', (rule, text) => {
    expect(readNumber(text, rule)).toBeNull();
  });

  it('says what is allowed', () => {
    expect(ruleText(BATCH)).toBe('A whole number from 1 to 64.');
    expect(ruleText({ kind: 'decimal', min: 0 })).toBe('A number, 0 or more.');
    expect(ruleText({ kind: 'whole', min: 0, max: 4_294_967_295 })).toBe(
      'A whole number from 0 to 4294967295.',
    );
  });
});
