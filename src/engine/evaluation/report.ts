/** Everything that an evaluation of one model says, from the reports of its scans; plain data. */

import { type IntensityMap, isAbsolute } from '../../volume/intensity';
import type { Outside } from './dataRange';
import type { SampleSpread, ScanLesions, ScanReport } from './evaluateScan';
import type { SliceReport } from './evaluateSlices';
import { LESION_RULES, LESIONS_BY, type LesionsBy } from './lesionRules';
import { falseBright, type LesionMeasures, shareKept, typicalContrast } from './lesions';
import {
  type Comparison,
  comparison,
  METHODS,
  type Method,
  type MethodReport,
  methodReport,
} from './methods';
import type { HounsfieldErrors } from './metrics/hounsfield';
import { missingText } from './missingText';
import type { TissueOrder } from './tissueOrder';

export interface ScanName {
  subject: string;
  /** Who it is: two visits of a person are one patient. */
  patient: string;
  /** Name of the source's file, and of the data set that holds it. */
  scan: string;
  data: string;
}

export interface EvaluatedScan extends ScanName {
  report: ScanReport;
  samples: SampleSpread | null;
}

type ByMethod<T> = Partial<Record<Method, T>>;

export interface DataRange {
  /** Of the scale. */
  value: number;
  from: 'intensity map';
  map: IntensityMap;
  text: string;
}

export interface LesionTable {
  by: LesionsBy;
  rule: string;
  rows: (ScanName & { methods: ByMethod<LesionMeasures> })[];
  /** Median over the patients that have a share; null without any. */
  shareKept: ByMethod<number | null>;
}

export interface ModelReport {
  model: string;
  /** BIDS suffixes. */
  source: string;
  target: string;
  patients: number;
  /** How many were scored: every `every`-th of those with `HEAD_SHARE.evaluation`. */
  slices: number;
  every: number;
  /** On what scale the images are scored, and where it comes from. */
  dataRange: DataRange;
  /** Null: without pairs in training there is no regression, and only a run with R beside the model has R alone. */
  methods: Record<Method, MethodReport | null>;
  wilcoxon: Record<Exclude<Method, 'model'>, Comparison | null>;
  /** Subjects whose training slices the regression was fitted on. */
  regressionSubjects: number;
  /** `sliceChange` of the real target and of each method's image. */
  change: (ScanName & { real: number | null; methods: ByMethod<number | null> })[];
  /** Mean absolute errors in HU; empty for a target in arbitrary units. */
  hounsfield: (ScanName & { methods: ByMethod<HounsfieldErrors> })[];
  /** Of the model. */
  tissue: (ScanName & TissueOrder)[];
  lesions: LesionTable[];
  samples: (ScanName & SampleSpread)[];
  /** Slices without a score, and why, in a sentence a scan; for all methods alike. */
  unscored: (ScanName & { reason: string })[];
  /** Slices of which a method made an image without a score, in a sentence. */
  methodsUnscored: ByMethod<string>;
  /** Voxels of the real target that lie outside of the data range and count as they are; on its scale. */
  outside: (ScanName & Outside)[];
  /** Scans that could not be scored, and why. */
  broken: { subject: string; reason: string }[];
}

export type ReportFacts = Pick<
  ModelReport,
  'model' | 'source' | 'target' | 'every' | 'regressionSubjects' | 'broken'
> & {
  /** Of the target. */
  map: IntensityMap;
};

/** @param scans at least one, each with the model's image */
export function modelReport(scans: readonly EvaluatedScan[], { map, ...facts }: ReportFacts): ModelReport {
  const methods = Object.fromEntries(
    METHODS.map((method) => [method, methodReport(scansOf(scans, method))]),
  ) as ModelReport['methods'];
  const { model, ...others } = methods;
  return {
    ...facts,
    patients: new Set(scans.map(({ patient }) => patient)).size,
    slices: scans.reduce((sum, { report }) => sum + report.slices.length, 0),
    dataRange: mapRange(map),
    methods,
    wilcoxon: Object.fromEntries(
      Object.entries(others).map(([name, other]) => [name, model && other && comparison(model, other)]),
    ) as ModelReport['wilcoxon'],
    change: scans.map(({ report: { change }, ...scan }) => ({
      ...nameOf(scan),
      real: change.real,
      methods: Object.fromEntries(change.methods),
    })),
    hounsfield: scans.flatMap(({ report: { hounsfield }, ...scan }) =>
      hounsfield ? [{ ...nameOf(scan), methods: Object.fromEntries(hounsfield) }] : [],
    ),
    tissue: scans.flatMap(({ report: { tissue }, ...scan }) =>
      tissue ? [{ ...nameOf(scan), ...tissue }] : [],
    ),
    lesions: lesionTables(scans),
    samples: scans.flatMap(({ samples, ...scan }) => (samples ? [{ ...nameOf(scan), ...samples }] : [])),
    unscored: scans.flatMap(({ report: { unscored }, ...scan }) =>
      unscored === null ? [] : [{ ...nameOf(scan), reason: unscored }],
    ),
    methodsUnscored: Object.fromEntries(
      METHODS.flatMap((method) => {
        const slices = scans.flatMap(({ report }) => report.methods.get(method) ?? []);
        const text = missingText(slices);
        return text === null ? [] : [[method, text]];
      }),
    ),
    outside: scans.flatMap(({ report: { outside }, ...scan }) =>
      outside ? [{ ...nameOf(scan), ...outside }] : [],
    ),
  };
}

function mapRange(map: IntensityMap): DataRange {
  const whose = isAbsolute(map) ? 'the same for all scans' : "each scan's own";
  return {
    value: 1,
    from: 'intensity map',
    map,
    text: `data range 1, of the intensity map ${map}, whose ends (${whose}) are 0 and 1; values outside count as they are`,
  };
}

const nameOf = ({ subject, patient, scan, data }: ScanName): ScanName => ({ subject, patient, scan, data });

function scansOf(scans: readonly EvaluatedScan[], method: Method) {
  return scans.flatMap(({ report, ...scan }) => {
    const slices: readonly SliceReport[] | undefined = report.methods.get(method);
    return slices ? [{ ...nameOf(scan), slices }] : [];
  });
}

/** A head without a lesion is searched for false ones by the median contrast of the others' real lesions. */
function lesionTables(scans: readonly EvaluatedScan[]): LesionTable[] {
  const measured = scans.flatMap(({ report: { lesions }, ...scan }) =>
    lesions ? [{ ...nameOf(scan), lesions }] : [],
  );
  const first = (by: LesionsBy | null) =>
    typicalContrast(
      measured.flatMap(({ patient, lesions }) => {
        const [measures] = lesions.methods.values();
        return measures && (by === null || lesions.by === by) ? [{ ...measures, patient }] : [];
      }),
    );
  return LESIONS_BY.flatMap((by) => {
    const contrast = first(by) ?? first(null);
    const rows = measured.flatMap(({ lesions, ...scan }) =>
      lesions.by === by ? [{ ...scan, methods: measuresOf(lesions, contrast) }] : [],
    );
    if (rows.length === 0) return [];
    const kept = METHODS.flatMap((method) => {
      const found = rows.flatMap(({ patient, methods }) => {
        const measures = methods[method];
        return measures ? [{ ...measures, patient }] : [];
      });
      return found.length > 0 ? [[method, shareKept(found)] as const] : [];
    });
    return [{ by, rule: LESION_RULES[by], rows, shareKept: Object.fromEntries(kept) }];
  });
}

function measuresOf({ methods, apart }: ScanLesions, contrast: number | null): ByMethod<LesionMeasures> {
  const rows = [...methods].map(([method, measures]) => {
    const levels = apart?.get(method);
    const found = levels && contrast !== null ? falseBright(levels, contrast) : measures.falseBright;
    return [method, { ...measures, falseBright: found }] as const;
  });
  return Object.fromEntries(rows);
}
