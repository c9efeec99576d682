/** Numbers that decide a training, as rows of a method's folder or of all methods: flags of the command line and fields of the page. */
import { type Place, refusal } from '../../schema';
import type { Variant } from '../training/variant';
import { type MethodId, trainingOf } from '.';

export interface TrainingOption {
  /** As the command line and stored settings have it: "r1-gamma". */
  readonly id: string;
  /** On the page. */
  readonly label: string;
  /** What it decides, for the command line's help. */
  readonly text: string;
  /** switch: 0 or 1. */
  readonly kind: 'whole' | 'decimal' | 'switch';
  readonly least: number;
  readonly most: number;
  readonly usual: number;
  /** Whether it decides anything in a variant, beside the method's other options; always where absent. */
  readonly applies?: (variant: Variant, options: OptionValues) => boolean;
  /** Its name where the page sums the run up; left out there where absent. */
  readonly short?: string;
}

/** What is off unless it is asked for. */
export const SWITCH = { kind: 'switch', least: 0, most: 1, usual: 0 } as const;

/** Of a run's settings: every option of its method. */
export type OptionValues = Readonly<Record<string, number>>;

/** Adam's, of every network that learns (UNIT and MUNIT have 1e-4 where they come from). */
export const WEIGHT_DECAY = {
  id: 'weight-decay',
  label: 'Weight decay (L2)',
  text: 'this times each weight is added to its gradient (L2)',
  kind: 'decimal',
  least: 0,
  most: 1,
  usual: 0,
} as const satisfies TrainingOption;

/** Of all methods. */
const COMMON: readonly TrainingOption[] = [WEIGHT_DECAY];
export const isCommon = ({ id }: Pick<TrainingOption, 'id'>): boolean => COMMON.some((one) => one.id === id);

export const optionsOf = (method: MethodId): readonly TrainingOption[] => [
  ...trainingOf({ method }).options,
  ...COMMON,
];

/** Those that decide something. */
export const optionsIn = ({
  method,
  variant,
  options,
}: {
  method: MethodId;
  variant: Variant;
  options: OptionValues;
}): readonly TrainingOption[] =>
  optionsOf(method).filter(({ applies }) => applies?.(variant, options) ?? true);

/** @param given those that are not the usual ones */
export function optionValues(method: MethodId, given: OptionValues = {}): OptionValues {
  return Object.fromEntries(optionsOf(method).map(({ id, usual }) => [id, given[id] ?? usual]));
}

/** From stored settings: those that they do not have yet are the usual ones. @throws CorruptFile naming one that the method has not */
export function readOptions(method: MethodId, stored: OptionValues, at: Place): OptionValues {
  const known = optionsOf(method).map(({ id }) => id);
  const unknown = Object.keys(stored).find((id) => !known.includes(id));
  if (unknown !== undefined)
    throw refusal(`options of ${method} (${known.join(', ') || 'none'})`, unknown, at);
  return optionValues(method, stored);
}

/** What each must be, as sentences without their subject. */
export function optionRules(
  method: MethodId,
  values: OptionValues,
): (readonly [holds: boolean, sentence: string])[] {
  return optionsOf(method).map(({ id, kind, least, most }) => {
    const value = values[id];
    const isKind = kind === 'decimal' ? Number.isFinite(value) : Number.isInteger(value);
    const what = kind === 'decimal' ? 'a number' : 'a whole number';
    const range = kind === 'switch' ? '0 or 1' : `${what} from ${least} to ${most}`;
    return [isKind && value >= least && value <= most, `${id} must be ${range}, got ${value}`];
  });
}
