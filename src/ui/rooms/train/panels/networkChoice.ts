import type { TrainSettings } from '../../../../workers/train/protocol';
import { choicesOf } from '../../../../workers/train/settings';

/** The method's first choice whose switches are all as the variant's; null: a mixture of the user's own. */
export function networkChoice({ method, variant }: Pick<TrainSettings, 'method' | 'variant'>) {
  const isAs = (name: string, value: unknown) => variant[name as keyof typeof variant] === value;
  const found = choicesOf(method, variant).find(({ patch }) =>
    Object.entries(patch).every(([name, value]) => isAs(name, value)),
  );
  return found ?? null;
}
