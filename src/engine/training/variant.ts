/** What a run trains and by which terms: the switches of its method. */
import { SIDES, type Side } from './sides';

export interface Variant {
  /** paired: the aligned real source is the condition, and there is no R (the paper's future work). */
  pairing: 'unpaired' | 'paired';
  /** false: no discriminators, no adversarial terms. */
  adversarial: boolean;
  /** false: no cycle term. */
  cycle: boolean;
  /** frozen: R keeps the weights that it starts with. Unpaired only. */
  r: 'trained' | 'frozen';
  /** Which diffusive directions are trained; the R of an unpaired run always train both ways, for the cycle. */
  direction: 'both' | 'aToB' | 'bToA';
}

export const PAPER_VARIANT: Variant = {
  pairing: 'unpaired',
  adversarial: true,
  cycle: true,
  r: 'trained',
  direction: 'both',
};

/** Trained in this run: both, or the side that is made. */
export function trainedSides({ direction }: Variant): readonly Side[] {
  if (direction === 'both') return SIDES;
  return direction === 'aToB' ? ['b'] : ['a'];
}

/** Which of R12, R21 and the discriminators a variant has at all. */
export const hasR = ({ pairing }: Variant): boolean => pairing === 'unpaired';
export const trainsR = (variant: Variant): boolean => hasR(variant) && variant.r === 'trained';
