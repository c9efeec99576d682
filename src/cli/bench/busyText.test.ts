import { expect, it } from 'vitest';
import { busyText } from './busyText';

it('says that others compute where they do, and nothing where the system does not tell', () => {
  expect(busyText(4.66, 2)).toBe('other programs computed in the minute before (load average 4.7, cores 2)');
  expect([busyText(0.5, 2), busyText(1, 16), busyText(0, 1)]).toEqual([undefined, undefined, undefined]);
});
