import { describe, expect, it } from 'vitest';
import { makeSchedule, PAPER_SCHEDULE } from './schedule';

const geometric = { steps: 4, betaMin: 0.01, betaMax: 0.9, schedule: 'geometric' } as const;

describe.each([PAPER_SCHEDULE, geometric, { ...PAPER_SCHEDULE, steps: 1 }])('makeSchedule(%o)', (options) => {
  const s = makeSchedule(options);
  const n = options.steps;

  it('has n+1 entries in the diffusion table and n in the posterior table', () => {
    for (const table of [s.time, s.a, s.sigma, s.aCum, s.sigmaCum]) expect(table.length).toBe(n + 1);
    for (const table of [s.beta, s.posteriorVariance, s.c1, s.c2, s.posteriorLogVarianceClipped])
      expect(table.length).toBe(n);
  });

  it('keeps the variance of a unit signal', () => {
    for (let i = 0; i <= n; i++) {
      expect(s.a[i] ** 2 + s.sigma[i] ** 2).toBeCloseTo(1, 6);
      expect(s.aCum[i] ** 2 + s.sigmaCum[i] ** 2).toBeCloseTo(1, 6);
    }
  });

  it('runs from hardly any noise to the variance at the end of fine time, ever rising', () => {
    const { betaMin, betaMax } = options;
    const last = options.schedule === 'vp' ? 1 - Math.exp(-0.5 * (betaMin + betaMax)) : betaMax;
    const first = options.schedule === 'vp' ? 0 : betaMin;
    // Relative to the variance at the start of fine time, as the steps multiply from there.
    expect(s.aCum[n] ** 2).toBeCloseTo((1 - last) / (1 - first), 3);
    expect(s.sigmaCum[0]).toBeLessThan(1e-3);
    for (let i = 1; i <= n; i++) expect(s.sigmaCum[i]).toBeGreaterThan(s.sigmaCum[i - 1]);
  });

  it('ends the reverse chain in the estimate of x0 itself', () => {
    expect(s.c1[0]).toBeCloseTo(1, 5);
    expect([s.c2[0], s.posteriorVariance[0]]).toEqual([0, 0]);
    expect(s.posteriorLogVarianceClipped[0]).toBeCloseTo(Math.log(1e-20), 5);
  });

  it('has the posterior of two Gaussians: its mean keeps a noiseless chain on its way', () => {
    // Without noise x_t = a_cum[t] x0 in the table that starts at beta_1, so c1 + c2 a_cum[t+1] must be a_cum[t].
    let cumulative = 1;
    for (let t = 0; t < n; t++) {
      const next = cumulative * Math.sqrt(1 - s.beta[t]);
      expect(s.c1[t] + s.c2[t] * next).toBeCloseTo(cumulative, 5);
      cumulative = next;
    }
  });
});

describe('makeSchedule', () => {
  it.each([0, -1, 2.5, 1001, Number.NaN])('refuses %d steps', (steps) => {
    expect(() => makeSchedule({ ...PAPER_SCHEDULE, steps })).toThrow(
      `schedule: steps must be a whole number from 1 to 1000, got ${steps}`,
    );
  });

  it('takes every k-th of the steps that a network was trained with: their states, at the times that it knows', () => {
    const whole = makeSchedule({ ...PAPER_SCHEDULE, steps: 1000 });
    const quick = makeSchedule({ ...PAPER_SCHEDULE, steps: 50, trainedSteps: 1000 });
    expect(whole.told[0]).toBe(0);
    expect(quick.told.slice(0, 2)).toEqual([19, 39]);
    expect(quick.told.at(-1)).toBe(999);
    // A product of 1000 float32 factors against one of 50.
    quick.aCum.forEach((a, i) => {
      expect(a).toBeCloseTo(whole.aCum[20 * i], 4);
    });
    expect(() => makeSchedule({ ...PAPER_SCHEDULE, steps: 3, trainedSteps: 1000 })).toThrow(
      'schedule: trainedSteps must be a multiple of the 3 steps, got 1000',
    );
  });

  it('refuses betas that leave no schedule instead of giving NaN', () => {
    const refused = 'schedule: variance must rise from 0 to below 1';
    expect(() => makeSchedule({ ...PAPER_SCHEDULE, schedule: 'geometric' })).toThrow(refused);
    expect(() => makeSchedule({ ...PAPER_SCHEDULE, betaMin: 1000, betaMax: 1000 })).toThrow(refused);
    expect(() => makeSchedule({ ...geometric, betaMin: 0.5, betaMax: 0.5 })).toThrow(refused);
  });
});
