/** What page and command line must say of the same scans: before they choose, and what is left when they have. */
export interface ChoiceCase {
  what: string;
  a: readonly string[];
  b: readonly string[];
  isPaired: boolean;
  /** Begins the sentence that asks; null where nothing is to be chosen. */
  asks: string | null;
  /** The choice, and what of A is then trained on. */
  choice: { entity: string; value: string; kept: readonly string[] } | null;
}

const several = (differ: string) =>
  `sub-1: must have one T1w scan a visit, got several that differ in ${differ}; choose one by `;

export const CHOICE_CASES: readonly ChoiceCase[] = [
  {
    what: 'two acquisitions',
    a: ['sub-1_acq-highres_T1w.nii', 'sub-1_acq-lowres_T1w.nii'],
    b: ['sub-1_FLAIR.nii'],
    isPaired: false,
    asks: several('acq (highres, lowres)'),
    choice: { entity: 'acq', value: 'lowres', kept: ['sub-1_acq-lowres_T1w.nii'] },
  },
  {
    what: 'two acquisitions, one without a word for it, in pairs: the nearer name',
    a: ['sub-1_T1w.nii', 'sub-1_acq-lowres_T1w.nii'],
    b: ['sub-1_FLAIR.nii'],
    isPaired: true,
    asks: null,
    choice: null,
  },
  {
    what: 'two runs of which either fits',
    a: ['sub-1_run-1_T1w.nii', 'sub-1_run-2_T1w.nii'],
    b: ['sub-1_FLAIR.nii'],
    isPaired: true,
    asks: several('run (1, 2)'),
    choice: { entity: 'run', value: '2', kept: ['sub-1_run-2_T1w.nii'] },
  },
  {
    what: 'two runs of which one fits',
    a: ['sub-1_run-1_T1w.nii', 'sub-1_run-2_T1w.nii'],
    b: ['sub-1_run-2_FLAIR.nii'],
    isPaired: true,
    asks: null,
    choice: null,
  },
  {
    what: 'two runs that are not paired',
    a: ['sub-1_run-1_T1w.nii', 'sub-1_run-2_T1w.nii'],
    b: ['sub-1_FLAIR.nii'],
    isPaired: false,
    asks: null,
    choice: { entity: 'run', value: '1', kept: ['sub-1_run-1_T1w.nii'] },
  },
  {
    what: 'echoes',
    a: ['sub-1_echo-1_T1w.nii', 'sub-1_echo-2_T1w.nii'],
    b: ['sub-1_FLAIR.nii'],
    isPaired: false,
    asks: several('echo (1, 2)'),
    choice: { entity: 'echo', value: '1', kept: ['sub-1_echo-1_T1w.nii'] },
  },
  {
    what: 'two persons and visits',
    a: ['sub-1_ses-1_acq-a_T1w.nii', 'sub-1_ses-2_acq-b_T1w.nii', 'sub-2_T1w.nii'],
    b: ['sub-3_FLAIR.nii'],
    isPaired: false,
    asks: null,
    choice: null,
  },
];
