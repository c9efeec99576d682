import { expect, it, vi } from 'vitest';
import { foundOnce } from './foundOnce';

it('finds once for the same, of each owner, however they take turns', () => {
  const once = foundOnce<object>();
  const find = vi.fn(() => ({}));
  const owners = [{}, {}];
  const [one, other] = owners.map((owner) => once(owner, [owner, 1], find));
  expect(one).not.toBe(other);
  expect(owners.map((owner) => once(owner, [owner, 1], find))).toEqual([one, other]);
  expect(owners.map((owner) => once(owner, [owner, 1], find))[0]).toBe(one);
  expect(find).toHaveBeenCalledTimes(2);
  expect(once(owners[0], [owners[0], 2], find)).not.toBe(one);
  expect(once(owners[1], [owners[1], 1], find)).toBe(other);
  expect(find).toHaveBeenCalledTimes(3);
});
