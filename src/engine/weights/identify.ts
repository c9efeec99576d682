/** What a network is, told by the names of its parameters alone. */
export type NetworkKind =
  | 'diffusive generator'
  | 'non-diffusive ResNet generator'
  | 'diffusive discriminator'
  | 'patch discriminator'
  | 'unknown';

export function identifyNetwork(names: Iterable<string>): NetworkKind {
  const all = new Set(names);
  const some = (pattern: RegExp): boolean => [...all].some((name) => pattern.test(name));
  if (some(/^all_modules\.\d+\./) && some(/^z_transform\.\d+\./)) return 'diffusive generator';
  if (some(/^model\.\d+\.conv_block\.\d+\./)) return 'non-diffusive ResNet generator';
  if (all.has('start_conv.weight') && all.has('end_linear.weight')) return 'diffusive discriminator';
  if (all.has('model.0.weight') && all.has('model.2.weight')) return 'patch discriminator';
  return 'unknown';
}
