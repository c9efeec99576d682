import { expect, it } from 'vitest';
import { lesionKind, percentText } from './lesionKinds';

it.each([
  ['bright', 'small bright lesions', 'Small bright lesions, no outlines'],
  ['outline', 'tumours', "Tumours, experts' outlines"],
  ['outline', 'lesions', "Lesions, experts' outlines"],
] as const)('heads a table of %s: %s', (by, kind, heading) => {
  expect(lesionKind({ by, kind }).heading).toBe(heading);
});

it.each([
  [-0.039, 0, '−4'],
  [-0.001, 0, '0'],
  [0.00932, 2, '0.93'],
  [null, 0, '–'],
])('says the share %d with %d digits as %s', (share, digits, text) => {
  expect(percentText(share, digits)).toBe(text);
});
