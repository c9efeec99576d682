/** Which images the centre shows, as data. All in normalised intensity, so that one window serves every contrast. */
import type { ModelCard, Scan, SliceResult } from '../../../workers/protocol';
import { contrastOfName } from '../../state/files';
import { upperOf } from '../../state/selectors';
import { sliceOf } from '../../state/slices';
import type { Reference, ViewMode, WindowGroup } from '../../state/types';
import { blend, checkerboard, difference, swipe } from '../../viewer/comparison';
import type { Colormap, SliceImage } from '../../viewer/types';

export interface Pane {
  /** Stable while the mode changes, so that a pane's canvas lives on. */
  id: 'source' | 'synthetic' | 'reference' | 'compared';
  title: string;
  badge?: string;
  image: SliceImage | null;
  empty: string;
  group: WindowGroup;
  colormap: Colormap;
}

export interface PaneInput {
  source: Scan;
  reference: Reference | null;
  result: SliceResult | null;
  card: ModelCard | null;
  slice: number;
  mode: ViewMode;
  /** Swipe position or blend weight of the synthetic image, 0..1. */
  mix: number;
  running: boolean;
}

const CHECKER_CELLS = 8;

const MODE_TITLES: Record<Exclude<ViewMode, 'side' | 'spread'>, string> = {
  difference: 'Difference',
  swipe: 'Swipe',
  checkerboard: 'Checkerboard',
  blend: 'Blend',
};

export function panesOf(input: PaneInput): Pane[] {
  const synthetic = syntheticPane(input);
  if (input.mode === 'side')
    return [
      sourcePane(input),
      synthetic,
      // Between the two images that it compares.
      ...(input.reference
        ? [
            { ...comparedPane(input, synthetic, 'difference'), title: 'Synthetic − reference' },
            referencePane(input, input.reference),
          ]
        : []),
    ];
  return [
    synthetic,
    input.mode === 'spread' ? spreadPane(input) : comparedPane(input, synthetic, input.mode),
  ];
}

/** One axial slice of a scan divided by `upper`. */
export function scanImage(scan: Scan, k: number, upper: number): SliceImage {
  return {
    ...sizeOf(scan),
    pixels: sliceOf(scan, k).map((value) => value / upper),
    min: scan.range.min / upper,
    max: scan.range.max / upper,
  };
}

function sizeOf(scan: Scan): Pick<SliceImage, 'width' | 'height' | 'spacing'> {
  return { width: scan.shape[0], height: scan.shape[1], spacing: [scan.zooms[0], scan.zooms[1]] };
}

function sourcePane({ source, card, slice }: PaneInput): Pane {
  return {
    id: 'source',
    title: titleOf('Source', source),
    image: scanImage(source, slice, upperOf(source, card)),
    empty: '',
    group: 'image',
    colormap: 'gray',
  };
}

/** With the contrast that the file's name claims, if any: the model's own contrast would claim more than is known. */
function titleOf(role: string, scan: Scan): string {
  const contrast = contrastOfName(scan.name);
  return contrast ? `${role} ${contrast}` : role;
}

function syntheticPane({ source, card, result, running }: PaneInput): Pane {
  const upper = upperOf(source, card);
  return {
    id: 'synthetic',
    title: card?.target ?? 'Target',
    badge: 'Synthetic',
    image: result && {
      ...sizeOf(source),
      pixels: result.image.map((value) => value / upper),
      min: 0,
      max: 1,
    },
    empty: running
      ? 'This slice is not done yet.'
      : 'Not translated with these settings yet. Press Translate.',
    group: 'image',
    colormap: 'gray',
  };
}

function referencePane({ card, slice }: PaneInput, reference: Reference): Pane {
  return {
    id: 'reference',
    title: titleOf('Reference', reference.scan),
    image: scanImage(reference.scan, slice, upperOf(reference.scan, card)),
    empty: '',
    group: 'image',
    colormap: 'gray',
  };
}

/** The synthetic image against the reference, or against the source where there is none. */
function comparedPane(input: PaneInput, synthetic: Pane, mode: keyof typeof MODE_TITLES): Pane {
  const other = input.reference ? referencePane(input, input.reference) : sourcePane(input);
  const name = input.reference ? 'reference' : 'source';
  const joint = mode === 'difference' ? `synthetic − ${name}` : `${name} | synthetic`;
  const image = synthetic.image && other.image && compare(mode, other.image, synthetic.image, input.mix);
  return {
    id: 'compared',
    title: `${MODE_TITLES[mode]}: ${joint}`,
    badge: 'Part synthetic',
    image,
    empty: synthetic.empty,
    group: mode === 'difference' ? 'difference' : 'image',
    colormap: mode === 'difference' ? 'diverging' : 'gray',
  };
}

function compare(
  mode: keyof typeof MODE_TITLES,
  other: SliceImage,
  synthetic: SliceImage,
  mix: number,
): SliceImage {
  if (mode === 'difference') return difference(synthetic, other);
  if (mode === 'swipe') return swipe(other, synthetic, mix);
  if (mode === 'checkerboard') return checkerboard(other, synthetic, CHECKER_CELLS);
  return blend(other, synthetic, mix);
}

function spreadPane({ source, card, result }: PaneInput): Pane {
  const upper = upperOf(source, card);
  const spread = result?.spread;
  return {
    id: 'compared',
    title: 'Spread of the samples',
    badge: 'Not calibrated error',
    image: spread
      ? { ...sizeOf(source), pixels: spread.map((value) => value / upper), min: 0, max: 0.5 }
      : null,
    empty: result
      ? 'One sample has no spread. Set more samples and press Translate.'
      : 'Set more than one sample and press Translate.',
    group: 'spread',
    colormap: 'heat',
  };
}
