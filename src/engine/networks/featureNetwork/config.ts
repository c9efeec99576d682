/** The network whose features FD-brain and FD-random compare. */
export interface FeatureNetworkConfig {
  /** The contrasts that it was trained to tell, in the order of its head; empty where it has no heads. */
  readonly contrasts: readonly string[];
}

/** Side of its image, pixels; images are brought to it first. */
export const FEATURE_SIDE = 128;

/** Channels of its convolutions, each of which halves the image. */
export const FEATURE_WIDTHS = [16, 32, 64, 128, 128] as const;

/** Features of an image. */
export const FEATURES = FEATURE_WIDTHS[FEATURE_WIDTHS.length - 1];
