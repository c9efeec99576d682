import { expect, it } from 'vitest';
import { metricsColumns } from './metricsColumns';

const row = (label: string, psnr: number) => ({ label, psnr, ssim: 0.5, mae: 0.05 });

it('has columns for what the card has, and the mean of the scans below', () => {
  const columns = metricsColumns([
    {
      ...row('a', 20),
      psnrHistogram: 17,
      psnrRegression: 19,
      inside: { psnr: 10, ssim: 0, mae: 0, psnrCopy: 8 },
    },
    { ...row('b', 21), psnrHistogram: 18 },
  ]);
  expect(Object.fromEntries(columns.map(({ name, cells }) => [name, cells]))).toEqual({
    'PSNR dB': ['20.00', '21.00', '20.50'],
    'SSIM %': ['50.0', '50.0', '50.0'],
    MAE: ['0.050', '0.050', '0.050'],
    'PSNR dB of the histogram-matched source': ['17.00', '18.00', '17.50'],
    'PSNR dB of a regression': ['19.00', '–', '19.00'],
    'Inside the brain PSNR dB (of the source)': ['10.00 (8.00)', '–', '10.00 (8.00)'],
  });
});

it('gives the errors of CT in Hounsfield units, a dash where there is no bone', () => {
  const columns = metricsColumns([
    { ...row('a', 20), maeHu: { whole: 40, head: 100, bone: null } },
    { ...row('b', 20), maeHu: { whole: 60, head: 120, bone: 300 } },
  ]);
  expect(columns.at(-1)?.cells).toEqual(['40, 100, –', '60, 120, 300', '50, 110, 300']);
});
