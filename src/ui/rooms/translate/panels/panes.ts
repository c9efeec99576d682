/** Which images the centre shows, as data: in normalised intensity, so that one window serves every contrast, but CT in HU. */

import type { PlaneView } from '../../../../volume/planes';
import type { ModelCard, Scan } from '../../../../workers/translate/protocol';
import type { MadeVolume, Reference, ViewMode, WindowGroup } from '../../../state/types';
import { blend, checkerboard, difference, swipe } from '../../../viewer/comparison';
import type { Colormap, SliceImage } from '../../../viewer/types';
import { framesOf, makesHu, nameOf, referenceEnds, sourceEnds } from '../state/selectors';
import { sliceView } from '../state/slices';
import { FULL_WINDOWS } from '../state/viewActions';

export interface Pane {
  /** Stable while the mode changes, so that a pane's canvas lives on. */
  id: 'source' | 'synthetic' | 'reference' | 'compared';
  title: string;
  /** Only with an image: an empty pane claims nothing. */
  badge?: string;
  image: SliceImage | null;
  empty: string;
  group: WindowGroup;
  colormap: Colormap;
}

export interface PaneInput {
  source: Scan;
  reference: Reference | null;
  /** Null where the slice is not made. */
  made: MadeVolume | null;
  card: ModelCard | null;
  slice: number;
  mode: ViewMode;
  /** Swipe position or blend weight of the synthetic image, 0..1. */
  mix: number;
  running: boolean;
  /** What is made is a preview of a model of many steps. */
  isPreview?: boolean;
}

const CHECKER_CELLS = 8;

const MODE_TITLES: Record<Exclude<ViewMode, 'side' | 'spread'>, string> = {
  difference: 'Difference',
  swipe: 'Swipe',
  checkerboard: 'Checkerboard',
  blend: 'Blend',
};

/** Whether any pane shows an image. */
export function showsImage({ mode, made, card }: Pick<PaneInput, 'mode' | 'made' | 'card'>): boolean {
  return mode === 'side' || (made !== null && card !== null);
}

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

interface Ends {
  low: number;
  high: number;
}

const AS_THEY_ARE: Ends = { low: 0, high: 1 };

/** One axial slice of a scan with `low` at 0 and `high` at 1. */
export function scanImage(scan: Scan, k: number, ends: Ends): SliceImage {
  const { min, max } = scan.range;
  return normalised(sliceImage(sliceView(scan), scan.voxels, k, { min, max }), ends);
}

/** Of a volume whose axial slices lie one after the other; the pixels are the volume's own. */
function sliceImage(
  view: PlaneView,
  voxels: Float32Array,
  k: number,
  range: { min: number; max: number },
): SliceImage {
  const { width, height, spacing, step } = view;
  const pixels = voxels.subarray(k * step[2], k * step[2] + width * height);
  return { pixels, width, height, spacing, ...range };
}

/** Mapped when its values are asked for: scrolling through grey slices asks for none. */
function normalised(image: SliceImage, { low, high }: Ends): SliceImage {
  const { pixels, min, max, width, height, spacing } = image;
  const map = (value: number) => (value - low) / (high - low);
  let mapped: Float32Array | undefined;
  return {
    ...{ width, height, spacing, min: map(min), max: map(max) },
    unmapped: { pixels, min, max, map },
    get pixels() {
      mapped ??= pixels.map(map);
      return mapped;
    },
  };
}

function sourcePane({ source, card, slice }: PaneInput): Pane {
  return {
    id: 'source',
    title: titleOf('Source', source),
    image: scanImage(source, slice, sourceEnds(source, card)),
    empty: '',
    group: 'image',
    colormap: 'gray',
  };
}

/** With the contrast that the file's name claims, if any: the model's own contrast would claim more than is known. */
function titleOf(role: string, scan: Scan): string {
  const { contrast } = nameOf(scan);
  return contrast ? `${role} ${contrast}` : role;
}

function syntheticPane({ source, card, made, slice, running, isPreview }: PaneInput): Pane {
  const frame = card && framesOf(source, card).target;
  const image =
    made &&
    frame &&
    normalised(
      sliceImage(made.view, made.voxels, slice, { min: frame.low, max: frame.high }),
      makesHu(card) ? AS_THEY_ARE : frame,
    );
  return {
    id: 'synthetic',
    title: card?.target ?? 'Target',
    badge: image ? badgeOf('Synthetic', isPreview) : undefined,
    image,
    empty: running
      ? 'This slice is not done yet.'
      : 'Not translated with these settings yet. Press Translate.',
    group: makesHu(card) ? 'hu' : 'image',
    colormap: 'gray',
  };
}

function referencePane({ card, slice }: PaneInput, reference: Reference): Pane {
  return {
    id: 'reference',
    title: titleOf('Reference', reference.scan),
    image: scanImage(
      reference.scan,
      slice,
      makesHu(card) ? AS_THEY_ARE : referenceEnds(reference.scan, card),
    ),
    empty: '',
    group: makesHu(card) ? 'hu' : 'image',
    colormap: 'gray',
  };
}

/** On the screen and in every picture that is taken of it. */
const badgeOf = (kind: string, isPreview = false): string => (isPreview ? `${kind}, preview` : kind);

/** The synthetic image against the reference, or against the source where there is none. */
function comparedPane(input: PaneInput, synthetic: Pane, mode: keyof typeof MODE_TITLES): Pane {
  const isHu = makesHu(input.card);
  const own = input.reference ? referencePane(input, input.reference) : sourcePane(input);
  // MR beside CT: the source takes the place of soft tissue's HU, so that one window shows both.
  const other = isHu && !input.reference ? { ...own, image: own.image && onHu(own.image) } : own;
  const name = input.reference ? 'reference' : 'source';
  const joint = mode === 'difference' ? `synthetic − ${name}` : `${name} | synthetic`;
  const image = synthetic.image && other.image && compare(mode, other.image, synthetic.image, input.mix);
  return {
    id: 'compared',
    title: `${MODE_TITLES[mode]}: ${joint}`,
    badge: image ? badgeOf('Part synthetic', input.isPreview) : undefined,
    image,
    empty: synthetic.empty,
    group: mode === 'difference' ? (isHu ? 'huDifference' : 'difference') : synthetic.group,
    colormap: mode === 'difference' ? 'diverging' : 'gray',
  };
}

/** Normalised intensity over the width of the window in which CT is shown first. */
function onHu(image: SliceImage): SliceImage {
  const { center, width } = FULL_WINDOWS.hu;
  return normalised(image, { low: 0.5 - center / width, high: 0.5 + (1 - center) / width });
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

function spreadPane({ source, card, made, slice }: PaneInput): Pane {
  const isHu = makesHu(card);
  const { low, high } = card ? framesOf(source, card).target : AS_THEY_ARE;
  const unit = isHu ? 1 : high - low;
  const spread = made?.spread;
  return {
    id: 'compared',
    title: 'Spread of the samples',
    badge: spread ? 'Not calibrated error' : undefined,
    image: spread
      ? normalised(sliceImage(made.view, spread, slice, { min: 0, max: (high - low) / 2 }), {
          low: 0,
          high: unit,
        })
      : null,
    empty: made
      ? 'One sample has no spread. Set more samples and press Translate.'
      : 'Set more than one sample and press Translate.',
    group: isHu ? 'huSpread' : 'spread',
    colormap: 'heat',
  };
}
