/** Scores of a model and of the baselines, over patients. */
import {
  MEASURES,
  type Measure,
  meanScores,
  PARTS,
  type Part,
  type PartScores,
  type SliceReport,
  type Spreads,
  spread,
  spreads,
} from './evaluateSlices';
import { type WilcoxonResult, wilcoxonSignedRank } from './wilcoxon';

/** r: the non-diffusive generator of the same run, alone. */
export const METHODS = ['model', 'copy', 'histogram', 'regression', 'r'] as const;
export type Method = (typeof METHODS)[number];

export interface MethodScan {
  subject: string;
  /** Who it is: two visits of a person are one patient. */
  patient: string;
  /** Name of the source's file. */
  scan: string;
  slices: readonly SliceReport[];
  mean: PartScores;
}

export interface MethodReport {
  /** Mean and standard deviation over the patients' means; a patient's mean is over all slices of all of its scans that have a score. */
  overPatients: Record<Part, Spreads | null>;
  patients: { patient: string; mean: PartScores }[];
  subjects: MethodScan[];
}

/** Two-sided p over patients' means: slices of one patient are not independent of each other. Null where there is nothing to compare. */
export type Comparison = Record<Part, Record<Measure, WilcoxonResult | null>>;

/** Null without any scan. */
export function methodReport(subjects: readonly Omit<MethodScan, 'mean'>[]): MethodReport | null {
  if (subjects.length === 0) return null;
  const slices = new Map<string, SliceReport[]>();
  for (const one of subjects) slices.set(one.patient, [...(slices.get(one.patient) ?? []), ...one.slices]);
  const patients = [...slices].map(([patient, all]) => ({ patient, mean: meanScores(all) }));
  const over = (part: Part) => spreads(patients.flatMap(({ mean }) => mean[part] ?? []));
  return {
    overPatients: { whole: over('whole'), foreground: over('foreground'), inside: over('inside') },
    patients,
    subjects: subjects.map((one) => ({ ...one, mean: meanScores(one.slices) })),
  };
}

/**
 * Wilcoxon's signed-rank test of a model's patients' means against another method's, on the slices on which both have the measure:
 * an image that is constant, or identical to the real one, has none there.
 */
export function comparison(model: MethodReport, other: MethodReport): Comparison {
  const test = (part: Part, measure: Measure): WilcoxonResult | null => {
    const values = new Map<string, { own: number[]; theirs: number[] }>();
    model.subjects.forEach(({ patient, slices }, n) => {
      const found = values.get(patient) ?? { own: [], theirs: [] };
      slices.forEach((slice, at) => {
        const [own, theirs] = [slice, other.subjects[n].slices[at]].map(
          (one) => one[part]?.[measure] ?? null,
        );
        if (own === null || theirs === null) return;
        found.own.push(own);
        found.theirs.push(theirs);
      });
      values.set(patient, found);
    });
    const pairs = [...values.values()].filter(({ own }) => own.length > 0);
    if (pairs.length === 0) return null;
    return wilcoxonSignedRank(
      pairs.map(({ own }) => spread(own).mean),
      pairs.map(({ theirs }) => spread(theirs).mean),
    );
  };
  const record = <K extends string, V>(keys: readonly K[], of: (key: K) => V) =>
    Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<K, V>;
  return record(PARTS, (part) => record(MEASURES, (measure) => test(part, measure)));
}
