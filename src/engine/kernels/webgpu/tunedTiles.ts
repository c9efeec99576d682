/** The tiles that were found fastest on an adapter, by the shapes of convolutions, as they are remembered. */
import type { Size, Tile } from './convolution';
import type { KeptText } from './tileStore';
import { candidateTiles } from './tiles';

/** Of each adapter, of each shape, the tile by what tells candidates apart. */
type Kept = Record<string, Record<string, string>>;

/** Adapters of one machine, and driver versions; the oldest go. */
const MOST_ADAPTERS = 4;
const MOST_SHAPES = 1000;

const nameOf = ({ across, vectors }: Tile): string => `${across}x${vectors}`;

/** Another is chosen only where it is faster by more than clocks are wrong. */
const FASTER = 0.97;

/** @param times of candidates, the first what is taken untold. @returns the place of the one to take; not finite: it did not run */
export function fastest(times: readonly number[]): number {
  const best = times.reduce(
    (found, ms, i) => (ms < times[found] || Number.isNaN(times[found]) ? i : found),
    0,
  );
  return times[best] < times[0] * FASTER || !Number.isFinite(times[0]) ? best : 0;
}

export class TunedTiles {
  private constructor(
    private readonly adapter: string,
    private readonly kept: KeptText | null,
    private readonly chosen: Map<string, string>,
  ) {}

  /** @param adapter name and driver; '' is not remembered, since another may be as nameless */
  static async of(adapter: string, kept: KeptText | null): Promise<TunedTiles> {
    const known = adapter === '' ? {} : (parsed((await kept?.read()) ?? null)[adapter] ?? {});
    return new TunedTiles(adapter, kept, new Map(Object.entries(known)));
  }

  /** Null where none is known, or what is kept is no tile of this output. */
  tileOf(shape: string, out: Size): Tile | null {
    const name = this.chosen.get(shape);
    return (name !== undefined && candidateTiles(out).find((tile) => nameOf(tile) === name)) || null;
  }

  choose(shape: string, tile: Tile): void {
    this.chosen.set(shape, nameOf(tile));
  }

  /** Remembers what is chosen, beside what others have written since. */
  async keep(): Promise<void> {
    if (this.adapter === '' || !this.kept) return;
    const { [this.adapter]: own = {}, ...others } = parsed(await this.kept.read());
    const shapes = Object.entries({ ...own, ...Object.fromEntries(this.chosen) }).slice(-MOST_SHAPES);
    const rest = Object.entries(others).slice(1 - MOST_ADAPTERS);
    const all = Object.fromEntries([...rest, [this.adapter, Object.fromEntries(shapes)]]);
    await this.kept.write(JSON.stringify(all));
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is not as it should be is left out: it costs a second to find it again. */
function parsed(text: string | null): Kept {
  let value: unknown = null;
  try {
    value = JSON.parse(text ?? 'null');
  } catch {
    // Half written, or another program's.
  }
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([adapter, shapes]) =>
      isRecord(shapes)
        ? [
            [
              adapter,
              Object.fromEntries(Object.entries(shapes).filter(([, tile]) => typeof tile === 'string')),
            ],
          ]
        : [],
    ),
  ) as Kept;
}
