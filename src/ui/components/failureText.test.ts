import { expect, test } from 'vitest';
import { failureText } from './failureText';

test('message, place and components are told, the message once', () => {
  const error = new TypeError('no metrics');
  const text = failureText({ error, componentStack: '\n    at ModelCardView\n    at ModelsRoom' });
  expect(text).toContain('failureText.test');
  expect(text).toContain('In:\n    at ModelCardView');
  expect(text.split('no metrics')).toHaveLength(2);
});

test('a stack without its message, and what is no error, are told too', () => {
  const error = new Error('no metrics');
  error.stack = 'draw@card.js:1:1';
  expect(failureText({ error, componentStack: null })).toBe('Error: no metrics\ndraw@card.js:1:1');
  expect(failureText({ error: 'odd', componentStack: null })).toBe('odd');
});
