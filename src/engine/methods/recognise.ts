/** Whose weights a file holds: told by the names of the parameters, and among methods that share a network by the file's own word. */
import { WeightsMismatch } from '../../errors';
import type { StateDict } from '../formats/namedTensor';
import { unwrapped } from '../formats/torchCheckpoint';
import { withArticle } from '../words';
import { METHODS, type Network } from '.';
import type { Method } from './method';

const ALL: readonly Method<Network>[] = Object.values(METHODS);

const UNKNOWN = 'unknown';

/** Networks of training that translate nothing, to be called by their names. */
const OTHERS: readonly [name: string, needs: readonly string[]][] = [
  ['diffusive discriminator', ['start_conv.weight', 'end_linear.weight']],
  ['patch discriminator', ['model.0.weight', 'model.2.weight']],
];

/** The method whose parameters have such names; null where there is none. */
export function methodOfNames(names: readonly string[]): Method<Network> | null {
  return ALL.find((method) => method.hasNames(names)) ?? null;
}

/** Two methods may share a network: a file that names its method has that one's, where the names agree. */
function methodRecorded(names: readonly string[], { method }: Readonly<Record<string, unknown>>) {
  return ALL.find(({ id, hasNames }) => id === method && hasNames(names)) ?? null;
}

/** What translates, in words: "a diffusive generator or a non-diffusive ResNet generator". */
export const translators = (): string => ALL.map(({ network }) => withArticle(network)).join(' or ');

/** A method's network by both names, each once: "a denoising U-Net (DDPM)", "an encoder and decoder of UNIT". */
export const networkText = ({ network, label }: Pick<Method<Network>, 'network' | 'label'>): string =>
  withArticle(network.includes(label) ? network : `${network} (${label})`);

/** What parameters of these names belong to, in words. */
export function kindOfNames(names: readonly string[]): string {
  const other = OTHERS.find(([, needs]) => needs.every((name) => names.includes(name)));
  return methodOfNames(names)?.network ?? other?.[0] ?? UNKNOWN;
}

/** The same in a sentence; of what nobody knows some names. */
export function seenText(names: readonly string[]): string {
  const kind = kindOfNames(names);
  if (kind !== UNKNOWN) return withArticle(kind);
  const some = names.slice(0, 3).map((name) => `"${name}"`);
  return `tensors such as ${some.join(', ') || 'none'}`;
}

/**
 * The configuration of a file's network.
 * @param recorded what the file says of it (metadata, or the authors' arguments)
 * @throws WeightsMismatch where this is nothing that translates (saying what it looks like), and as the method's `infer`
 */
export function inferNetwork(state: StateDict, recorded: Readonly<Record<string, unknown>> = {}): Network {
  const names = [...state.keys()];
  const method = methodRecorded(names, recorded) ?? methodOfNames(names);
  if (method) return method.infer(state, recorded);
  throw new WeightsMismatch(
    `weights: file must hold ${translators()}, got ${seenText(names)}; choose a network that translates, such as gen_diffusive_*.pth`,
  );
}

/** How deep networks lie in one another's names at the most. */
const DEEPEST = 4;

/**
 * The networks among parameters, by what stands before their names, such as "gen" for "gen.all_modules.0.weight"; "" for those whose
 * names are a network's as they are. Parameters that are nobody's stay as they are, so that it can be said what they look like.
 */
export function networksAmong<T>(
  tensors: ReadonlyMap<string, T>,
  depth = 0,
): Map<string, ReadonlyMap<string, T>> {
  if (depth === DEEPEST || kindOfNames([...tensors.keys()]) !== UNKNOWN) return new Map([['', tensors]]);
  const groups = new Map<string, Map<string, T>>();
  for (const [name, tensor] of tensors) {
    const dot = name.indexOf('.');
    const [first, rest] = [name.slice(0, Math.max(dot, 0)), unwrapped(name.slice(dot + 1))];
    groups.set(first, (groups.get(first) ?? new Map()).set(rest, tensor));
  }
  const found = [...groups].flatMap(([first, group]) =>
    [...networksAmong(group, depth + 1)]
      .filter(([, inside]) => kindOfNames([...inside.keys()]) !== UNKNOWN)
      .map(([prefix, inside]) => [[first, prefix].filter(Boolean).join('.'), inside] as const),
  );
  return found.length > 0 ? new Map(found) : new Map([['', tensors]]);
}
