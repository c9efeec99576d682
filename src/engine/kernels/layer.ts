/** The layers of a network as benchmarks name them, whichever kernels compute them. */

export interface Layer {
  /** "3x3", "norm + SiLU". */
  readonly kind: string;
  /** Of what comes out, pixels. */
  readonly height: number;
  readonly width: number;
  /** Channels that go in and come out. */
  readonly cin: number;
  readonly cout: number;
  /** Multiply-adds as plain sums take them; 0 where memory, not arithmetic, decides the time: norms, filters, copies. */
  readonly macs: number;
}

/** Layers of one kind and size. */
export interface LayerTime extends Layer {
  /** How many a step has. */
  readonly count: number;
  /** Milliseconds of all of them together. */
  readonly ms: number;
}

/** How layers are timed. */
export interface Timing {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Runs of which the best counts. */
  runs: number;
  /** Awaited after each. */
  pause?: () => Promise<void>;
}

/** "3x3, 256x256, 16→32"; one number where as many channels come out. */
export const layerName = ({ kind, height, width, cin, cout }: Layer): string =>
  `${kind}, ${height}x${width}, ${cin === cout ? cin : `${cin}→${cout}`}`;

export function convolutionLayer(
  kind: string,
  { height, width }: { height: number; width: number },
  cin: number,
  cout: number,
  taps: number,
): Layer {
  return { kind, height, width, cin, cout, macs: height * width * taps * cin * cout };
}

/** A layer that is not counted as work: as many channels come out as go in. */
export function movedLayer(
  kind: string,
  { height, width }: { height: number; width: number },
  channels: number,
): Layer {
  return { kind, height, width, cin: channels, cout: channels, macs: 0 };
}

/** Keeps of each layer the best of several runs, and sums up those of one kind and size. */
export class LayerWatch {
  private readonly best = new Map<Layer, number>();
  private run = new Map<Layer, number>();

  /** Adds milliseconds of one of the layer's steps in this run. */
  add(layer: Layer, ms: number): void {
    this.run.set(layer, (this.run.get(layer) ?? 0) + ms);
  }

  endRun(): void {
    for (const [layer, ms] of this.run) this.best.set(layer, Math.min(ms, this.best.get(layer) ?? ms));
    this.run = new Map();
  }

  /** Those that take longest first. */
  times(): LayerTime[] {
    const found = new Map<string, LayerTime>();
    for (const [layer, ms] of this.best) {
      const name = layerName(layer);
      const { count, ms: before } = found.get(name) ?? { count: 0, ms: 0 };
      found.set(name, { ...layer, count: count + 1, ms: before + ms });
    }
    return [...found.values()].sort((a, b) => b.ms - a.ms);
  }
}
