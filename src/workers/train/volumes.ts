/** The volumes that a training is given: cut to slices when they are added, kept as files for what must be cut in pairs. */
import type { TrainData } from '../../engine/training/data';
import { type SliceSet, sliceImage } from '../../engine/training/data';
import { joinSlices, pairedSlices, scanStatistics, volumeSlices } from '../../engine/training/dataset';
import { gridOfSide, type TrainSettings } from '../../engine/training/settings';
import type { Side } from '../../engine/training/sides';
import { BadRequest } from '../../errors';
import { noiseWarning } from '../../volume/checkInput';
import type { NamedImage } from '../../volume/image';
import type { InputStatistics } from '../../volume/inputStatistics';
import { modelPixels, type ScreenImage, screenImage } from '../../volume/modelImage';
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
  grid: Grid;
  slices: SliceSet;
  statistics: InputStatistics | null;
  /** Reads it again: the voxels themselves are not kept. */
  open: () => Promise<NamedImage>;
}

export class TrainVolumes {
  private readonly entries = new Map<string, Entry>();

  /** @throws BadRequest for a volume without a slice that holds some head */
  async add(
    volume: { volumeId: string; role: Role; grid: Grid; warnings: string[] },
    { name, image }: NamedImage,
    open: () => Promise<NamedImage>,
  ): Promise<AddedVolume> {
    const { volumeId, role, grid, warnings } = volume;
    const slices = volumeSlices(image, name, grid);
    if (slices.count === 0)
      throw new BadRequest(`${name}: must have a slice with some head in it, got none; choose another scan`);
    const statistics = scanStatistics(image, grid);
    const noise = statistics && noiseWarning(statistics);
    this.entries.set(volumeId, { volumeId, role, name, grid, slices, statistics, open });
    return {
      volumeId,
      name,
      role,
      sliceCount: image.shape[2],
      picked: slices.count,
      thumbnail: thumbnail(slices, Math.floor(slices.count / 2)),
      warnings: [...(noise ? [noise.text] : []), ...warnings],
    };
  }

  remove(volumeId: string): void {
    this.entries.delete(volumeId);
  }

  /** Slices of both contrasts. */
  get sliceCount(): number {
    return [...this.entries.values()].reduce((sum, { slices }) => sum + slices.count, 0);
  }

  names(): Record<Role, string[]> {
    const of = (role: Role) => this.of(role).map(({ name }) => name);
    return Object.fromEntries(ROLES.map((role) => [role, of(role)])) as Record<Role, string[]>;
  }

  /** Of the volumes that are trained on. */
  inputs(): Record<Side, InputSummary | null> {
    const of = (role: Role) => summariseInputs(this.of(role).flatMap(({ statistics }) => statistics ?? []));
    return { a: of('trainA'), b: of('trainB') };
  }

  /** @throws BadRequest where a contrast has no volume, pairs are incomplete or do not lie on one grid, or the grid is another */
  async data(settings: TrainSettings): Promise<TrainData> {
    const isPaired = settings.variant.pairing === 'paired';
    const train = isPaired
      ? await this.pairs('trainA', 'trainB', settings)
      : { a: this.joined('trainA', settings), b: this.joined('trainB', settings) };
    const hasValidation = this.of('valA').length + this.of('valB').length > 0;
    return { train, validation: hasValidation ? await this.pairs('valA', 'valB', settings) : null };
  }

  private of(role: Role): Entry[] {
    return [...this.entries.values()].filter((entry) => entry.role === role);
  }

  private joined(role: 'trainA' | 'trainB', settings: TrainSettings): SliceSet {
    const entries = this.of(role);
    const side = role === 'trainA' ? 'a' : 'b';
    const wanted = gridOfSide(settings, side);
    if (entries.length === 0)
      throw new BadRequest(`training: must have volumes of ${settings.contrasts[side]}, got none; add some`);
    const other = entries.find(
      ({ grid }) =>
        grid.size !== wanted.size ||
        grid.pixelSize !== wanted.pixelSize ||
        grid.intensity !== wanted.intensity ||
        String(grid.huEnds) !== String(wanted.huEnds),
    );
    if (other) throw new BadRequest(`${other.name}: was cut for another image size; add it again`);
    return joinSlices(entries.map(({ slices }) => slices));
  }

  private async pairs(roleA: Role, roleB: Role, settings: TrainSettings): Promise<Record<Side, SliceSet>> {
    const [a, b] = [this.of(roleA), this.of(roleB)];
    if (a.length !== b.length)
      throw new BadRequest(
        `pairs: must have as many volumes of ${settings.contrasts.a} as of ${settings.contrasts.b}, got ${a.length} and ${b.length}; add or remove some`,
      );
    const sets: Record<Side, SliceSet>[] = [];
    for (const [n, first] of a.entries()) {
      const scans = { a: await first.open(), b: await b[n].open() };
      sets.push(pairedSlices(scans, first.name, settings));
    }
    return { a: joinSlices(sets.map((set) => set.a)), b: joinSlices(sets.map((set) => set.b)) };
  }
}

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
