import { expect, it } from 'vitest';
import type { ScorePair } from '../../../../workers/translate/protocol';
import { ribbonScores, sliceStates } from './ribbon';

it('marks finished slices, the one at work and those that wait', () => {
  expect(sliceStates(5, Uint8Array.of(0, 0, 1, 0, 0), [2, 1, 3])).toEqual([
    'none',
    'running',
    'done',
    'queued',
    'none',
  ]);
});

const pair = (index: number, ssim: number, foreground: number | null): ScorePair => {
  const slice = {
    index,
    whole: { psnr: 1, ssim, mae: 0 },
    foreground: foreground === null ? null : { psnr: 1, ssim: foreground, mae: 0 },
    missing: null,
  };
  return { synthetic: slice, copy: slice };
};

it('takes the SSIM of the foreground, or of the whole slice where there is none', () => {
  const scores = new Map([
    [0, pair(0, 0.9, 0.4)],
    [1, pair(1, 0.5, null)],
    [2, pair(2, 0.1, -0.2)],
  ]);
  expect(ribbonScores(4, scores)).toEqual([0.4, 0.5, 0, null]);
});

it('has no scores without a reference', () => {
  expect(ribbonScores(2, null)).toEqual([null, null]);
});
