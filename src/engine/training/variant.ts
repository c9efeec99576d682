/** What a run trains and by which terms: the switches of its method. */
import { flag, type Infer, object, oneOf, record, refine } from '../../schema';
import { SIDES, type Side } from './sides';

const SWITCHES = object({
  /**
   * paired: the aligned real source is the condition, and there is no R (the paper's future work). unconditional: there is no source and
   * no R, the images of one contrast are learnt (the paper's Table VI); the run's two contrasts are that one, and B is made.
   */
  pairing: oneOf(['unpaired', 'paired', 'unconditional']),
  /** false: no discriminators, no adversarial terms. */
  adversarial: flag,
  /**
   * l1: the diffusive generators have no discriminator and learn by L1 alone, beside an R that keeps its own (the paper's ablation, and
   * its L1 projector).
   */
  projector: oneOf(['adversarial', 'l1']),
  /** false: no cycle term. */
  cycle: flag,
  /** frozen: R keeps the weights that it starts with. Unpaired only. */
  r: oneOf(['trained', 'frozen']),
  /** Which diffusive directions are trained; the R of an unpaired run always train both ways, for the cycle. */
  direction: oneOf(['both', 'aToB', 'bToA']),
});
export type Variant = Infer<typeof SWITCHES>;

/** Of former versions, too, whose diffusive generators had a discriminator wherever R's had one. */
export const VARIANT = refine(record, (stored, at) =>
  SWITCHES.read({ projector: 'adversarial', ...stored }, at),
);

export const PAPER_VARIANT: Variant = {
  pairing: 'unpaired',
  adversarial: true,
  projector: 'adversarial',
  cycle: true,
  r: 'trained',
  direction: 'both',
};

/** Trained in this run: both, or the side that is made. */
export function trainedSides({ direction }: Variant): readonly Side[] {
  if (direction === 'both') return SIDES;
  return direction === 'aToB' ? ['b'] : ['a'];
}

export const isUnconditional = ({ pairing }: Pick<Variant, 'pairing'>): boolean =>
  pairing === 'unconditional';

/** Which of R12, R21 and the discriminators a variant has at all. */
export const hasR = ({ pairing }: Variant): boolean => pairing === 'unpaired';
export const trainsR = (variant: Variant): boolean => hasR(variant) && variant.r === 'trained';

/** Whether the diffusive generators that train have discriminators; whether any network has. */
export const judgesDiffusive = ({ adversarial, projector }: Variant): boolean =>
  adversarial && projector === 'adversarial';
export const hasDiscriminators = (variant: Variant): boolean =>
  judgesDiffusive(variant) || (variant.adversarial && trainsR(variant));
