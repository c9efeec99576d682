import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { typedNumber } from './typedNumber';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function field(rest: number) {
  const told: number[] = [];
  return { told, number: typedNumber(0, rest, (value) => told.push(value)) };
}

it('counts once nothing was typed for a moment, and not what stood there on the way', () => {
  const { told, number } = field(700);
  number.type(1);
  vi.advanceTimersByTime(600);
  number.type(12);
  vi.advanceTimersByTime(600);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(told).toEqual([12]);
  number.settle();
  expect(told).toEqual([12]);
});

it('counts at once by Enter, and then not again', () => {
  const { told, number } = field(700);
  number.type(12);
  number.settle();
  vi.advanceTimersByTime(1000);
  number.settle();
  expect(told).toEqual([12]);
});

it('forgets what is not allowed any more, and what was typed in a field that has gone', () => {
  const { told, number } = field(700);
  number.type(1);
  number.type(null);
  vi.advanceTimersByTime(1000);
  number.type(2);
  number.drop();
  vi.advanceTimersByTime(1000);
  number.settle();
  expect(told).toEqual([]);
});

it('counts with each key, or never by itself', () => {
  const [eager, patient] = [field(0), field(Number.POSITIVE_INFINITY)];
  for (const { number } of [eager, patient]) for (const value of [1, 12]) number.type(value);
  vi.advanceTimersByTime(1e9);
  expect([eager.told, patient.told]).toEqual([[1, 12], []]);
  patient.number.settle();
  expect(patient.told).toEqual([12]);
});

it('goes on being typed while a value that was asked for comes late, and not where another comes', () => {
  const { told, number } = field(700);
  number.type(1);
  vi.advanceTimersByTime(700);
  number.type(2);
  expect(number.arrives(1)).toBe(false);
  vi.advanceTimersByTime(700);
  expect(told).toEqual([1, 2]);
  number.type(3);
  expect(number.arrives(5)).toBe(true);
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([1, 2]);
});

it('tells what is in force not again, but goes back to it while another is on its way', () => {
  const { told, number } = field(700);
  const enter = (value: number) => {
    number.type(value);
    number.settle();
  };
  enter(0);
  enter(4);
  enter(0);
  expect(told).toEqual([4, 0]);
});
