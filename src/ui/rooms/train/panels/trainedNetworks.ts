/** Which of SynDiff's networks train, as one choice in place of several switches. */
import type { Variant } from '../../../../workers/train/protocol';

export interface NetworkChoice {
  id: string;
  label: string;
  patch: Partial<Variant>;
}

const WHOLE = { adversarial: true, cycle: true } as const;

export const NETWORK_CHOICES: readonly NetworkChoice[] = [
  { id: 'all', label: 'all networks', patch: { ...WHOLE, r: 'trained', direction: 'both' } },
  { id: 'aToB', label: 'one direction: A to B', patch: { ...WHOLE, r: 'trained', direction: 'aToB' } },
  { id: 'bToA', label: 'one direction: B to A', patch: { ...WHOLE, r: 'trained', direction: 'bToA' } },
  { id: 'diffusive', label: 'diffusive only, R frozen', patch: { ...WHOLE, r: 'frozen' } },
  {
    id: 'l1',
    label: 'generator only, L1',
    patch: { adversarial: false, cycle: false, r: 'frozen' },
  },
];

/** The first choice whose switches are all as the variant's; null: a mixture of the user's own. */
export function networkChoice(variant: Variant): NetworkChoice | null {
  const isAs = (name: string, value: unknown) => variant[name as keyof Variant] === value;
  return (
    NETWORK_CHOICES.find(({ patch }) => Object.entries(patch).every(([name, value]) => isAs(name, value))) ??
    null
  );
}
