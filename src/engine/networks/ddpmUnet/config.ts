/** The U-Net of improved-diffusion (Nichol and Dhariwal 2021) as data. */
export interface DdpmUnetConfig {
  /** Base width. */
  width: number;
  /** Groups of its group norms. */
  groups: number;
  /** Channels of each level, times the base width. */
  mult: readonly number[];
  /** Residual blocks a level on the way down; one more on the way up. */
  nres: number;
  /** Factors of down-sampling at which attention follows a residual block. */
  attention: readonly number[];
  /** The time scales and shifts the second norm; else it is added before it. */
  scale_shift: boolean;
  /** Noisy image and condition. */
  in_channels: number;
  /** 1: the noise; 2: the noise and v, which says where the variance lies between its bounds. */
  out_channels: number;
}

/** An image's sides must be a multiple of this. */
export const leastSide = ({ mult }: Pick<DdpmUnetConfig, 'mult'>): number => 2 ** (mult.length - 1);

/**
 * The official 32 from a width of 64 on; below, groups of four channels: in a group of one the norm would take away the time that was
 * added before it.
 */
export const groupsOfWidth = (width: number): number =>
  width >= 64 ? 32 : Math.max(1, Math.floor(width / 4));

/** A stage of the way down or up. */
export interface Stage {
  /** Channels that go in, the skip's among them, and out. */
  cin: number;
  cout: number;
  attention: boolean;
  /** What follows. */
  then: 'down' | 'up' | null;
}

/** Residual stages of both ways in their order, and the channels between them. */
export function stagesOf({ width, mult, nres, attention }: DdpmUnetConfig): {
  down: Stage[];
  up: Stage[];
  middle: number;
} {
  const down: Stage[] = [];
  const kept = [width];
  let channels = width;
  for (const [level, times] of mult.entries()) {
    const isLast = level === mult.length - 1;
    for (let n = 0; n < nres; n++) {
      const then = n === nres - 1 && !isLast ? 'down' : null;
      const cout = times * width;
      down.push({ cin: channels, cout, attention: attention.includes(2 ** level), then });
      channels = cout;
      kept.push(channels);
    }
    if (!isLast) kept.push(channels);
  }
  const middle = channels;
  const up: Stage[] = [];
  for (let level = mult.length - 1; level >= 0; level--)
    for (let n = 0; n <= nres; n++) {
      const cout = mult[level] * width;
      const then = n === nres && level > 0 ? 'up' : null;
      up.push({ cin: channels + kept.pop()!, cout, attention: attention.includes(2 ** level), then });
      channels = cout;
    }
  return { down, up, middle };
}
