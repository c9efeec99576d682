/** What the worker holds of volumes. The page keeps what they are made of, to give them again after a loss or for another grid. */
import type { VolumeFiles } from '../../../../workers/train/client';
import type { AddedVolume, Grid, Role, TrainSettings } from '../../../../workers/train/protocol';
import { gridOfSide } from '../../../../workers/train/settings';
import { gridKey, ROLE_SIDES } from './selectors';
import type { TrainContext } from './trainContext';
import type { FormerTrain, TrainVolume, VolumeSource } from './types';

/** Of each contrast; the last `validation` of them as aligned pairs. */
export const PHANTOM_SET = { subjects: 4, validation: 1 };

const NO_IMAGE = { order: 'rows A-P, columns L-R', size: 1, pixels: new Uint8Array(1) } as const;

/** A volume of the list that no worker has: `ensure` gives it to the present one. */
export function notHeld({ files, path, ...told }: FormerTrain['volumes'][number], n: number): TrainVolume {
  const volume = told.volumeCount > 1 ? (told.volume ?? undefined) : undefined;
  return {
    added: { ...told, volumeId: `former-${n}`, thumbnail: NO_IMAGE, print: '', place: null, warnings: [] },
    source: files ? { kind: 'files', files, path, volume } : { kind: 'phantom' },
    losses: -1,
    grid: '',
  };
}

export interface VolumeShelf {
  /** Cuts one volume on the grid of the present settings. */
  add(volume: Omit<VolumeFiles, 'grid'>, source: VolumeSource, signal?: AbortSignal): Promise<TrainVolume>;
  drawPhantoms(): Promise<TrainVolume[]>;
  /** Puts the same volume in its place, as the present settings and this source want it. */
  recut(stale: TrainVolume, source: VolumeSource & { kind: 'files' }): Promise<void>;
  /** Takes a volume from the worker, where it holds it. */
  forget(volume: TrainVolume): Promise<void>;
  /** Gives the worker again what of the list it does not hold. */
  ensure(): Promise<void>;
}

export function createVolumeShelf(context: TrainContext): VolumeShelf {
  const {
    train,
    patch,
    services: { trainClient },
    notify,
    report,
  } = context;
  const gridOf = (settings: TrainSettings, role: Role): Grid => gridOfSide(settings, ROLE_SIDES[role]);
  const held = (added: AddedVolume, source: VolumeSource, settings: TrainSettings): TrainVolume => ({
    added,
    source,
    losses: trainClient.losses,
    grid: gridKey(source, settings, added.role),
  });
  const isHeld = ({ source, losses, grid, added }: TrainVolume) =>
    losses === trainClient.losses && grid === gridKey(source, train().settings, added.role);
  const forget = async ({ added, losses }: TrainVolume) => {
    // A failure to forget is of no interest to the user.
    if (losses === trainClient.losses) await trainClient.removeVolume(added.volumeId).catch(() => undefined);
  };

  const add: VolumeShelf['add'] = async (volume, source, signal) => {
    const { settings } = train();
    return held(
      await trainClient.addVolume({ ...volume, grid: gridOf(settings, volume.role) }, { signal }),
      source,
      settings,
    );
  };

  const drawPhantoms: VolumeShelf['drawPhantoms'] = async () => {
    const { settings } = train();
    const added = await trainClient.addPhantoms({
      ...PHANTOM_SET,
      contrasts: settings.contrasts,
      // A phantom is MR on both sides.
      grid: gridOf(settings, 'trainA'),
    });
    return added.map((volume) => held(volume, { kind: 'phantom' }, settings));
  };

  /** Phantoms come as a set: those that the user has removed are removed again, by their order. */
  const redrawPhantoms = async (stale: readonly TrainVolume[]) => {
    await Promise.all(stale.map(forget));
    const drawn = await drawPhantoms();
    const wanted = new Map<Role, number>();
    for (const { added } of stale) wanted.set(added.role, (wanted.get(added.role) ?? 0) + 1);
    const kept: TrainVolume[] = [];
    for (const volume of drawn) {
      const left = wanted.get(volume.added.role) ?? 0;
      wanted.set(volume.added.role, left - 1);
      if (left > 0) kept.push(volume);
      else await forget(volume);
    }
    patch(({ volumes }) => ({ volumes: [...volumes.filter((v) => !stale.includes(v)), ...kept] }));
  };

  const recut = async (stale: TrainVolume, source: VolumeSource & { kind: 'files' }) => {
    const { volumeId, role, name } = stale.added;
    const { losses } = trainClient;
    await forget(stale);
    let fresh: TrainVolume | null = null;
    try {
      const { path, files, volume } = source;
      fresh = await add({ volumeId, role, path, files, volume }, source);
    } catch (error) {
      // With the worker gone nothing is wrong with the file: it stays on the list for the next try.
      if (trainClient.losses !== losses) throw error;
      notify('warn', `${name}: cannot be read again and is taken off the list.`);
      report(error);
    }
    patch(({ volumes }) => ({
      volumes: volumes.flatMap((volume) => (volume === stale ? (fresh ?? []) : volume)),
    }));
  };

  const ensure = async () => {
    const stale = train().volumes.filter((volume) => !isHeld(volume));
    if (stale.length === 0) return;
    try {
      await context.ready();
      const phantoms = stale.filter(({ source }) => source.kind === 'phantom');
      const total = stale.length;
      patch({ adding: { done: 0, total, again: true, phantom: false } });
      if (phantoms.length > 0) await redrawPhantoms(phantoms);
      let done = phantoms.length;
      for (const volume of stale) {
        if (volume.source.kind === 'phantom') continue;
        patch({ adding: { done, total, again: true, phantom: false } });
        await recut(volume, volume.source);
        done += 1;
      }
    } finally {
      patch({ adding: null });
    }
  };

  return { add, drawPhantoms, recut, forget, ensure };
}
