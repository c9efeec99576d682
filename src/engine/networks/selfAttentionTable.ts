/** The parameters of SAGAN's self-attention. */
import { type Place, type TableWriter, within } from './tableWriter';

/** How much narrower than the image its queries and keys, and its values are. */
const NARROWER = { query: 8, value: 2 };

/** Under the names of the TensorFlow original; theta, phi, g and attn are its f, g, h and the last 1x1. */
export function selfAttentionRows(t: TableWriter, place: Place, channels: number): void {
  const [path, name] = place;
  const narrow = Math.max(1, Math.floor(channels / NARROWER.query));
  const value = Math.max(1, Math.floor(channels / NARROWER.value));
  t.scalar([`${path}.gamma`, `${name}.sigma_ratio`]);
  t.conv(within(place, 'query', 'theta'), channels, narrow, 1);
  t.conv(within(place, 'key', 'phi'), channels, narrow, 1);
  t.conv(within(place, 'value', 'g'), channels, value, 1);
  t.conv(within(place, 'out', 'attn'), value, channels, 1);
}
