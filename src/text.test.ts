import { describe, expect, it } from 'vitest';
import { linesOf, textOf } from './text';

const refusal = (got: string) => new Error(`got ${got};`);
const TEXT = 'scans/Müller_T1w.nii.gz\n';
const utf8 = (text: string) => [...new TextEncoder().encode(text)];
const utf16 = (text: string, isBig = false) =>
  [...text].flatMap((letter) => {
    const code = letter.charCodeAt(0);
    return isBig ? [code >> 8, code & 255] : [code & 255, code >> 8];
  });

describe('textOf', () => {
  it.each([
    ['UTF-8', utf8(TEXT)],
    ['UTF-8 with its mark', [0xef, 0xbb, 0xbf, ...utf8(TEXT)]],
    ['UTF-16, little-endian', [0xff, 0xfe, ...utf16(TEXT)]],
    ['UTF-16, big-endian', [0xfe, 0xff, ...utf16(TEXT, true)]],
    ['the letters of Windows', [...TEXT].map((letter) => letter.charCodeAt(0))],
  ])('reads %s', (_, bytes) => {
    expect(textOf(Uint8Array.from(bytes), refusal)).toBe(TEXT);
    expect(textOf(Uint8Array.from(bytes).buffer, refusal)).toBe(TEXT);
  });

  it('reads nothing as nothing', () => {
    expect(textOf(new Uint8Array(), refusal)).toBe('');
  });

  it.each([
    ['UTF-16 without a byte order mark', utf16(TEXT)],
    ['UTF-16 without a byte order mark', utf16(TEXT, true)],
    ['UTF-32', [0xff, 0xfe, 0, 0, 65, 0, 0, 0]],
    ['bytes that are no text', [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 65, 66]],
    ['bytes that are no text', utf8('red \x1b[31mletters')],
  ])('names %s', (what, bytes) => {
    expect(() => textOf(Uint8Array.from(bytes), refusal)).toThrow(`got ${what};`);
  });
});

it('linesOf takes the line ends of all systems', () => {
  expect(linesOf('a\nb\r\nc\rd\n')).toEqual(['a', 'b', 'c', 'd', '']);
});
