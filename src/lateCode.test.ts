import { expect, it } from 'vitest';
import { lateCode } from './lateCode';

it('hands over what came, and says in a sentence of its own that nothing did', async () => {
  expect(await lateCode('Train', async () => 1)).toBe(1);
  const failing = lateCode('Train', () => Promise.reject(new TypeError('Failed to fetch dynamically')));
  await expect(failing).rejects.toThrow(
    /^Train: a part of the program must be loaded for this, got none .*; reload the page$/,
  );
});
