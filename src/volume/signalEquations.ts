/**
 * What a spin echo sees of a tissue: the steady-state signal equations, the tissues' constants and four usual sequences.
 * Times in ms; proton density (PD) and signal relative to water's.
 */
import { BadRequest } from '../errors';

export const PHANTOM_CONTRASTS = ['T1w', 'T2w', 'PDw', 'FLAIR'] as const;
export type PhantomContrast = (typeof PHANTOM_CONTRASTS)[number];

/** A tissue's number: its row in `TISSUES`. */
export const TISSUE = {
  air: 0,
  fat: 1,
  skull: 2,
  csf: 3,
  greyMatter: 4,
  whiteMatter: 5,
  deepGrey: 6,
  lesion: 7,
} as const;

export interface Tissue {
  /** 0..1, of water's. */
  pd: number;
  /** ms. */
  t1: number;
  /** ms. */
  t2: number;
}

/** Gives no signal, whatever its times. */
const NONE: Tissue = { pd: 0, t1: 1, t2: 1 };

/**
 * At 1.5 T: BrainWeb's constants (Kwan, Evans, Pike, IEEE Trans Med Imaging 1999;18:1085-1097; its
 * tissue_mr_parameters.txt), which has multiple sclerosis for a lesion and no signal of cortical bone, whose T2 is under a
 * millisecond. It has no deep grey matter of its own. There T1 is 0.84 of the cortex's, as between the putamen (0.83) and
 * the caudate (0.87) of Wright et al., MAGMA 2008;21:121-130; PD and T2 are chosen between grey and white matter, as iron
 * shortens T2.
 */
export const TISSUES: Readonly<Record<keyof typeof TISSUE, Tissue>> = {
  air: NONE,
  fat: { pd: 1, t1: 350, t2: 70 },
  skull: NONE,
  csf: { pd: 1, t1: 2569, t2: 329 },
  greyMatter: { pd: 0.86, t1: 833, t2: 83 },
  whiteMatter: { pd: 0.77, t1: 500, t2: 70 },
  deepGrey: { pd: 0.84, t1: 700, t2: 75 },
  lesion: { pd: 0.76, t1: 752, t2: 237 },
};

/** ms. With `ti`, an inversion recovery. */
export interface Sequence {
  tr: number;
  te: number;
  ti?: number;
}

/** FLAIR's TI is where the equation nulls CSF: T1 ln(2 / (1 + exp(-TR/T1))) = 1705 ms for its TR. */
export const SEQUENCES: Readonly<Record<PhantomContrast, Sequence>> = {
  T1w: { tr: 500, te: 15 },
  T2w: { tr: 4000, te: 100 },
  PDw: { tr: 4000, te: 15 },
  FLAIR: { tr: 9000, te: 120, ti: 1705 },
};

/**
 * Spin echo: S = PD (1 - exp(-TR/T1)) exp(-TE/T2).
 * Inversion recovery, magnitude: S = PD |1 - 2 exp(-TI/T1) + exp(-TR/T1)| exp(-TE/T2).
 * TE is taken as short beside TR in both.
 */
export function spinEchoSignal({ pd, t1, t2 }: Tissue, { tr, te, ti }: Sequence): number {
  const recovered = Math.exp(-tr / t1);
  const longitudinal = ti === undefined ? 1 - recovered : Math.abs(1 - 2 * Math.exp(-ti / t1) + recovered);
  return pd * longitudinal * Math.exp(-te / t2);
}

/** Each tissue's signal, by its number in `TISSUE`. */
export function tissueSignals(contrast: PhantomContrast): Float64Array {
  const signals = new Float64Array(Object.keys(TISSUE).length);
  for (const [name, number] of Object.entries(TISSUE) as [keyof typeof TISSUE, number][])
    signals[number] = spinEchoSignal(TISSUES[name], SEQUENCES[contrast]);
  return signals;
}

/**
 * The contrast of that name; "PD" is PDw.
 * @throws BadRequest where there is no such contrast
 */
export function phantomContrast(name: string): PhantomContrast {
  const contrast = PHANTOM_CONTRASTS.find((known) => known === (name === 'PD' ? 'PDw' : name));
  if (!contrast) {
    throw new BadRequest(
      `phantom: contrast must be one of ${PHANTOM_CONTRASTS.join(', ')}, got ${name}; choose one of them`,
    );
  }
  return contrast;
}
