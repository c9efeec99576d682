/** The demos as data: scans that come with the page (public/demo), and what one press makes of them. */

/** A file in public/demo, and the name under which the page opens it: with its contrast, as BIDS has it. */
export interface DemoFile {
  file: string;
  name: string;
}

export interface Demo {
  id: string;
  label: string;
  scan: DemoFile;
  /** The target contrast as it was really scanned; null where it was not. */
  reference: DemoFile | null;
  /** Contrasts of the model that translates, as BIDS suffixes. */
  source: string;
  target: string;
}

const visit = (contrast: string): DemoFile => {
  const name = `sub-openmsl12s1_${contrast}.nii.gz`;
  return { file: name, name };
};

/** The one whose gain over a copy of the source is largest comes first. */
export const DEMOS: readonly Demo[] = [
  {
    id: 't2w',
    label: 'T1w → T2w',
    scan: visit('T1w'),
    reference: visit('T2w'),
    source: 'T1w',
    target: 'T2w',
  },
  {
    id: 'flair',
    label: 'T1w → FLAIR',
    scan: visit('T1w'),
    reference: visit('FLAIR'),
    source: 'T1w',
    target: 'FLAIR',
  },
  {
    id: 'colin27',
    label: 'Another head, no reference: Colin 27',
    scan: { file: 'ch2.nii.gz', name: 'ch2_T1w.nii.gz' },
    reference: null,
    source: 'T1w',
    target: 'T2w',
  },
];
