import { BadRequest } from '../../errors';
import type { Arguments } from './command';

/** The value of an option that must be given. Throws BadRequest otherwise. */
export function required(args: Arguments, name: string): string {
  const text = args.text(name);
  if (!text)
    throw new BadRequest(`--${name}: must be given, got nothing; add --${name} and what --help says of it`);
  return text;
}

/** A whole number from `min` to `max`. Throws BadRequest otherwise. The option must have a default. */
export function wholeNumber(args: Arguments, name: string, min: number, max: number): number {
  const text = args.text(name) ?? '';
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < min || value > max) {
    throw new BadRequest(`--${name}: must be a whole number from ${min} to ${max}, got "${text}"`);
  }
  return value;
}

/** One of `choices`. Throws BadRequest otherwise, an option left out and without a default included. */
export function oneOf<T extends string>(args: Arguments, name: string, choices: readonly T[]): T {
  const text = args.text(name);
  const choice = choices.find((known) => known === text);
  if (choice === undefined)
    throw new BadRequest(
      `--${name}: must be one of ${choices.join(', ')}, got ${text === undefined ? 'nothing' : `"${text}"`}; choose one of these`,
    );
  return choice;
}

/**
 * Slice indices of `--slices A:B`: A up to, but without, B, counted from 0 along the canonical axis from below;
 * A or B left out mean the first and past the last. undefined where the option is not given.
 * Throws BadRequest where the range is empty or leaves the volume of `count` slices.
 */
export function sliceRange(args: Arguments, count: number): number[] | undefined {
  const text = args.text('slices');
  if (text === undefined) return undefined;
  const match = /^(\d*):(\d*)$/.exec(text);
  const first = match?.[1] ? Number(match[1]) : 0;
  const end = match?.[2] ? Number(match[2]) : count;
  if (!match || first >= end || end > count) {
    const one = /^\d+$/.test(text) && Number(text) < count ? Number(text) : null;
    const advice = one === null ? 'correct the range' : `write ${one}:${one + 1} for that slice alone`;
    throw new BadRequest(
      `--slices: must be A:B with 0 <= A < B <= ${count} (the scan has ${count} axial slices), got "${text}"; ${advice}`,
    );
  }
  return Array.from({ length: end - first }, (_, i) => first + i);
}

/** What `read` makes of an option that is given; undefined where it is not. */
export function optional<T>(
  args: Arguments,
  name: string,
  read: (args: Arguments, name: string) => T,
): T | undefined {
  return args.text(name) === undefined ? undefined : read(args, name);
}

/** A number from `min` to `max`, such as 0.5 or 1e-4. Throws BadRequest otherwise. */
export function decimal(args: Arguments, name: string, min: number, max: number): number {
  const text = args.text(name) ?? '';
  const value = Number(text);
  if (!/^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || !(value >= min && value <= max)) {
    throw new BadRequest(`--${name}: must be a number from ${min} to ${max}, got "${text}"`);
  }
  return value;
}
