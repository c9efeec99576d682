import { expect, it } from 'vitest';
import { lesionKind, percentText } from './lesionKinds';

const OUTLINED = "By an expert's outline. Contrast: mean of the lesion";

it.each([
  ['By pieces of the real FLAIR (no outlines by experts).', 'tcga-lgg', 'Small bright lesions, no outlines'],
  [OUTLINED, 'tcga-lgg', "Tumours, experts' outlines"],
  [OUTLINED, 'openms-long', "Lesions, experts' outlines"],
])('heads a table of the rule "%s" on %s', (rule, data, heading) => {
  expect(lesionKind({ rule, data }).heading).toBe(heading);
});

it.each([
  [-0.039, 0, '−4'],
  [-0.001, 0, '0'],
  [0.00932, 2, '0.93'],
  [null, 0, '–'],
])('says the share %d with %d digits as %s', (share, digits, text) => {
  expect(percentText(share, digits)).toBe(text);
});
