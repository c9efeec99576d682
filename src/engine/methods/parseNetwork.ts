import { WeightsMismatch } from '../../errors';
import { inShort } from '../../schema';
import { METHOD_IDS, methodOf, type Network } from '.';

/**
 * A card's `network`. Cards of former versions name no method: they are SynDiff's, or R's where there is its `ngf`.
 * @throws WeightsMismatch naming a method that is not known, or a field that is missing or of the wrong kind
 */
export function parseNetwork(record: Readonly<Record<string, unknown>>, subject: string): Network {
  const named = record.method ?? (record.ngf === undefined ? 'syndiff' : 'resnet');
  const id = METHOD_IDS.find((one) => one === named);
  if (id === undefined) {
    throw new WeightsMismatch(
      `${subject}: method must be one of ${METHOD_IDS.join(', ')}, got ${inShort(named)}; open it in a version that knows the method`,
    );
  }
  return methodOf({ method: id }).parse(record, subject);
}
