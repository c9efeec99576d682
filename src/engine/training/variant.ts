/** What a run trains and by which terms: the switches of its method. */
import { flag, type Infer, object, oneOf } from '../../schema';
import { SIDES, type Side } from './sides';

export const VARIANT = object({
  /** paired: the aligned real source is the condition, and there is no R (the paper's future work). */
  pairing: oneOf(['unpaired', 'paired']),
  /** false: no discriminators, no adversarial terms. */
  adversarial: flag,
  /** false: no cycle term. */
  cycle: flag,
  /** frozen: R keeps the weights that it starts with. Unpaired only. */
  r: oneOf(['trained', 'frozen']),
  /** Which diffusive directions are trained; the R of an unpaired run always train both ways, for the cycle. */
  direction: oneOf(['both', 'aToB', 'bToA']),
});
export type Variant = Infer<typeof VARIANT>;

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
