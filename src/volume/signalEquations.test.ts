import { expect, it } from 'vitest';
import { SEQUENCES, spinEchoSignal, TISSUES } from './signalEquations';

it('is the spin-echo equation: white matter in T1w', () => {
  // 0.77 (1 - exp(-500/500)) exp(-15/70) = 0.77 x 0.632121 x 0.807118
  expect(spinEchoSignal(TISSUES.whiteMatter, SEQUENCES.T1w)).toBeCloseTo(0.392851, 5);
});

it('is the inversion-recovery equation: white matter in FLAIR', () => {
  // 0.77 |1 - 2 exp(-1705/500) + exp(-9000/500)| exp(-120/70) = 0.77 x 0.933918 x 0.180092
  expect(spinEchoSignal(TISSUES.whiteMatter, SEQUENCES.FLAIR)).toBeCloseTo(0.129507, 5);
});

it('is a magnitude: before its null a tissue is bright again', () => {
  // 1 |1 - 2 exp(-1) + exp(-10)| exp(0) = 0.264287; and at half of T1 |1 - 2 x 0.606531 + 0.000045| = 0.213016
  expect(spinEchoSignal({ pd: 1, t1: 1000, t2: 100 }, { tr: 10000, te: 0, ti: 1000 })).toBeCloseTo(
    0.264287,
    5,
  );
  expect(spinEchoSignal({ pd: 1, t1: 1000, t2: 100 }, { tr: 10000, te: 0, ti: 500 })).toBeCloseTo(
    0.213016,
    5,
  );
});

it('nulls CSF in FLAIR, to 0.1 % of its longitudinal magnetisation', () => {
  const { tr, ti } = SEQUENCES.FLAIR;
  expect(spinEchoSignal(TISSUES.csf, { tr, ti, te: 0 })).toBeLessThan(0.001);
});
