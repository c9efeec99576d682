import { expect, it } from 'vitest';
import { pText } from './pText';

it('is never 0: a test cannot give that', () => {
  const texts = [1, 0.03125, 0.0001, 0.0000999, 2.3e-9, 0].map(pText);
  expect(texts).toEqual(['1.0000', '0.0313', '0.0001', '<0.0001', '<0.0001', '<0.0001']);
});
