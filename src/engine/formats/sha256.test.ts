import { expect, it } from 'vitest';
import { sha256 } from './sha256';

it('agrees with the test vectors of FIPS 180-2', async () => {
  expect(await sha256(new TextEncoder().encode('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  expect(await sha256(new ArrayBuffer(0))).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
});

it('hashes a view, not the buffer behind it', async () => {
  const padded = new TextEncoder().encode('xabcx');
  expect(await sha256(padded.subarray(1, 4))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
