/** The volumes that a training is given: cut to slices when they are added, by themselves or in pairs when it begins. */
import { type SliceSet, sliceImage, type TrainData } from '../../engine/training/data';
import {
  type CutScan,
  cutScan,
  joinSlices,
  ownSlices,
  pairSlices,
  scanStatistics,
} from '../../engine/training/dataset';
import { imagePrint } from '../../engine/training/sameImages';
import { gridOfSide, type TrainSettings } from '../../engine/training/settings';
import type { Side } from '../../engine/training/sides';
import { isUnconditional } from '../../engine/training/variant';
import { BadRequest } from '../../errors';
import type { NamedImage } from '../../volume/image';
import type { InputStatistics } from '../../volume/inputStatistics';
import { modelPixels, type ScreenImage, screenImage } from '../../volume/modelImage';
import { nameOfVolume, severalVolumes } from '../../volume/oneVolume';
import { noPairsText, pairScans } from '../../volume/pairing';
import { type ScanMeasures, scanMeasures } from '../../volume/scanMeasures';
import { type InputSummary, summariseInputs } from '../../volume/trainingInputs';
import type { AddedVolume, Grid, Role } from './protocol';

const ROLES: readonly Role[] = ['trainA', 'trainB', 'valA', 'valB'];
/** Largest side of a thumbnail, pixels. */
const THUMBNAIL = 96;

/** One volume as it was added. */
interface Entry {
  volumeId: string;
  role: Role;
  name: string;
  path: string;
  grid: Grid;
  volumeCount: number;
  volume: number | null;
  /** The voxels themselves are not kept. */
  cut: CutScan;
  statistics: InputStatistics | null;
}

/** What is said of a volume that is added; of a file with several, too, which one it is. */
type Place = Pick<Entry, 'volumeId' | 'role' | 'path' | 'grid'> &
  Partial<Pick<Entry, 'volumeCount' | 'volume'>>;

export class TrainVolumes {
  private readonly entries = new Map<string, Entry>();
  private leftOut: ReadonlySet<string> = new Set();

  /** @throws BadRequest for a volume without a slice that holds some head */
  add(
    volume: Place & { warnings: string[] },
    { name, image }: NamedImage,
    measures: ScanMeasures = scanMeasures(image),
  ): AddedVolume {
    const { warnings, ...given } = volume;
    const place = { volumeCount: 1, volume: 0, ...given };
    const { volumeId, role, grid, volumeCount } = place;
    const cut = cutScan({ name, image }, grid, undefined, measures);
    if (cut.slices.length === 0)
      throw new BadRequest(`${name}: must have a slice with some head in it, got none; choose another scan`);
    const statistics = scanStatistics(image, grid, measures);
    const { shape, zooms, affine, plan } = cut;
    this.entries.set(volumeId, { ...place, name, cut, statistics });
    return {
      volumeId,
      name,
      role,
      volumeCount,
      volume: place.volume,
      sliceCount: image.shape[2],
      picked: cut.slices.length,
      thumbnail: thumbnail(ownSlices(cut, name), Math.floor(cut.slices.length / 2)),
      // Of a file with several the one that is meant is not known yet.
      print: place.volume === null ? '' : imagePrint(cut),
      place: { shape, zooms, affine, plan },
      warnings,
    };
  }

  remove(volumeId: string): void {
    this.entries.delete(volumeId);
  }

  /** What the user's choice leaves out of the next run, by ids; all else is in it. */
  leaveOut(volumeIds: readonly string[]): void {
    this.leftOut = new Set(volumeIds);
  }

  /** What a run on images of this size holds: the volumes as they were cut, and the slices that it takes of them. */
  bytes(size: number): number {
    const entries = [...this.entries.values()];
    return entries.reduce(
      (sum, { cut }) => sum + cut.images.byteLength + 2 * cut.slices.length * size ** 2,
      0,
    );
  }

  /** Of the volumes that a run takes. */
  names(settings: TrainSettings): Record<Role, string[]> {
    const of = (role: Role) =>
      this.used(role, settings).map(({ name, volumeCount, volume }) =>
        nameOfVolume(name, volumeCount, volume ?? 0),
      );
    return Object.fromEntries(ROLES.map((role) => [role, of(role)])) as Record<Role, string[]>;
  }

  /** Of the volumes that are trained on. */
  inputs(settings: TrainSettings): Record<Side, InputSummary | null> {
    const of = (role: Role) =>
      summariseInputs(this.used(role, settings).flatMap(({ statistics }) => statistics ?? []));
    return { a: of('trainA'), b: of('trainB') };
  }

  /** @throws BadRequest where a contrast has no volume, pairs are incomplete or do not lie on one grid, or the grid is another */
  data(settings: TrainSettings): TrainData {
    const { variant } = settings;
    if (isUnconditional(variant)) {
      const only = this.joined('trainA', settings);
      return { train: { a: only, b: only }, validation: null };
    }
    const train =
      variant.pairing === 'paired'
        ? this.pairs('trainA', 'trainB', settings)
        : { a: this.joined('trainA', settings), b: this.joined('trainB', settings) };
    const hasValidation = this.of('valA').length + this.of('valB').length > 0;
    return { train, validation: hasValidation ? this.pairs('valA', 'valB', settings) : null };
  }

  private of(role: Role): Entry[] {
    return [...this.entries.values()].filter(
      (entry) => entry.role === role && !this.leftOut.has(entry.volumeId),
    );
  }

  /** Those of a role that a run takes: of a paired training, and for validation, those in pairs, in one order; without a source A's. */
  private used(role: Role, { variant }: TrainSettings): Entry[] {
    const use = role.startsWith('val') ? 'val' : 'train';
    if (isUnconditional(variant)) return role === 'trainA' ? this.of(role) : [];
    if (use === 'train' && variant.pairing === 'unpaired') return this.of(role);
    const { pairs } = pairScans(this.of(`${use}A`), this.of(`${use}B`), ({ path }) => path);
    return pairs.map((pair) => pair[sideOf(role)]);
  }

  /** The same, cut as the settings want them. */
  private cuts(role: Role, settings: TrainSettings): CutScan[] {
    const wanted = gridOfSide(settings, sideOf(role));
    return this.used(role, settings).map(({ name, grid, cut, volumeCount, volume }) => {
      if (volume === null) throw new BadRequest(severalVolumes(name, volumeCount, 'choose one'));
      const isSame =
        grid.size === wanted.size &&
        grid.pixelSize === wanted.pixelSize &&
        grid.intensity === wanted.intensity &&
        String(grid.huEnds) === String(wanted.huEnds);
      if (!isSame) throw new BadRequest(`${name}: was cut for another image size; add it again`);
      return cut;
    });
  }

  private joined(role: 'trainA' | 'trainB', settings: TrainSettings): SliceSet {
    const cuts = this.cuts(role, settings);
    if (cuts.length === 0)
      throw new BadRequest(
        `training: must have volumes of ${settings.contrasts[sideOf(role)]}, got none; add some`,
      );
    return joinSlices(cuts.map((cut) => ownSlices(cut, cut.name)));
  }

  private pairs(roleA: Role, roleB: Role, settings: TrainSettings): Record<Side, SliceSet> {
    const [a, b] = [this.cuts(roleA, settings), this.cuts(roleB, settings)];
    const pathsOf = (role: Role) => this.of(role).map(({ path }) => path);
    if (a.length === 0)
      throw new BadRequest(
        `pairs: must have a subject with both ${settings.contrasts.a} and ${settings.contrasts.b}, got ${noPairsText(pathsOf(roleA), pathsOf(roleB))}`,
      );
    const sets = a.map((first, n) => pairSlices({ a: first, b: b[n] }, first.name));
    return { a: joinSlices(sets.map((set) => set.a)), b: joinSlices(sets.map((set) => set.b)) };
  }
}

const sideOf = (role: Role): Side => (role.endsWith('A') ? 'a' : 'b');

/** Means of squares of pixels, so that it is at most THUMBNAIL wide. */
function thumbnail(set: SliceSet, n: number): ScreenImage {
  const image = sliceImage(set, n);
  const step = Math.ceil(set.size / THUMBNAIL);
  const size = Math.floor(set.size / step);
  const pixels = modelPixels(new Float32Array(size * size));
  for (let at = 0; at < pixels.length; at++) {
    const [left, top] = [(at % size) * step, Math.floor(at / size) * step];
    let sum = 0;
    for (let y = top; y < top + step; y++)
      for (let x = left; x < left + step; x++) sum += image[y * set.size + x];
    pixels[at] = sum / step ** 2;
  }
  return screenImage(pixels);
}
