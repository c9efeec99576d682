/** The volumes to train on: added, sorted by name, removed. */

import { SCAN_EXTENSIONS } from '../../../../volume/formats/names';
import { groupedTexts, type ToldOfScan } from '../../../../volume/groupedTexts';
import { someOf } from '../../../../volume/plainScans';
import { shortPaths } from '../../../../volume/shortPaths';
import type { Role } from '../../../../workers/train/protocol';
import { isRepeated, repeatedText, settingsOfRun } from '../../../../workers/train/settings';
import { onlyHiddenText } from '../../../state/files';
import type { NoticeTopic } from '../../../state/types';
import { givenImage, pathOf, ROLES } from './scanChoice';
import { isLocked, ROLE_SIDES } from './selectors';
import type { TrainContext } from './trainContext';
import type { TrainActions, TrainVolume } from './types';
import {
  byContrast,
  type DroppedFile,
  labelTexts,
  ofContrast,
  strangeTexts,
  type VolumeParts,
  volumesOf,
  weightsOf,
} from './volumeFiles';
import { createVolumeShelf, PHANTOM_SET } from './volumeShelf';

/** One scan and what it is for. */
export interface VolumeOfRole {
  role: Role;
  parts: VolumeParts;
}

/** What is to be said of a drop that is taken. */
interface Said {
  topic: NoticeTopic;
  warnings: readonly string[];
  infos: readonly string[];
}

interface Volumes {
  actions: Pick<
    TrainActions,
    'addFiles' | 'dropFiles' | 'cancelAdding' | 'removeVolume' | 'removeVolumes' | 'pickVolume' | 'pickEntity'
  >;
  /** One by one, in this order; what cannot be read is told and left out. */
  add(wanted: readonly VolumeOfRole[]): Promise<void>;
  addPhantoms(): Promise<void>;
  /** What is begun now can be cancelled as the reading of volumes: by `cancelAdding`. */
  begin(): AbortSignal;
  /** Gives the worker again what it does not hold. */
  ensure(): Promise<void>;
}

/** `changed`: the volumes are others than before. */
export function createVolumes(context: TrainContext, changed: () => Promise<void>): Volumes {
  const { train, patch, notify, report, former } = context;
  const shelf = createVolumeShelf(context);
  let lastId = 0;
  let adding = new AbortController();
  // One at a time: the worker reads one volume anyway, and the grid may change in between.
  let queue: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    queue = queue.then(work, work);
    return queue;
  };

  const begin = (): AbortSignal => {
    adding = new AbortController();
    return adding.signal;
  };

  /** The volume of the list that is the same image for the same. */
  const sameBefore = (volume: TrainVolume): TrainVolume | undefined => {
    const one = givenImage(volume, '');
    return train().volumes.find(
      (other) =>
        one.print !== '' && other.added.print === one.print && isRepeated(one, givenImage(other, '')),
    );
  };

  /** What is to be said of those that were read. @param overtake of what was told before; called once one is read */
  const addAll = async (wanted: readonly VolumeOfRole[], overtake: () => void): Promise<string[]> => {
    const signal = begin();
    const told: ToldOfScan[] = [];
    let count = 0;
    const nameOf = shortPaths([...train().volumes.map(pathOf), ...wanted.map(({ parts }) => parts.path)]);
    try {
      await context.ready();
      for (const [done, { role, parts }] of wanted.entries()) {
        if (signal.aborted) break;
        patch({ adding: { done, total: wanted.length, again: false, phantom: false } });
        lastId += 1;
        const { files, path } = parts;
        try {
          const volume = await shelf.add(
            { volumeId: `page-${lastId}`, role, path, files },
            { kind: 'files', files, path },
            signal,
          );
          count += 1;
          overtake();
          const before = sameBefore(volume);
          const texts = before ? [repeatedText(nameOf(pathOf(before)))] : volume.added.warnings;
          told.push(...texts.map((text) => ({ name: nameOf(path), text })));
          if (before) await shelf.forget(volume);
          else patch(({ volumes }) => ({ volumes: [...volumes, volume] }));
        } catch (error) {
          // The others may be good.
          if (!signal.aborted) report(error, 'train');
        }
      }
    } catch (error) {
      report(error, 'train');
    } finally {
      patch({ adding: null });
    }
    return groupedTexts(told, count);
  };

  const remove = async (isMeant: (volume: TrainVolume) => boolean) => {
    if (isLocked(train())) return;
    const meant = train().volumes.filter(isMeant);
    if (meant.length === 0) return;
    patch(({ volumes }) => ({ volumes: volumes.filter((volume) => !meant.includes(volume)) }));
    const left = new Set(train().volumes.map(({ added }) => added.role));
    former(...ROLES.filter((role) => !left.has(role)), ...(left.size === 0 ? ['volumes' as const] : []))();
    await Promise.all(meant.map(shelf.forget));
    await changed();
  };

  const tellHidden = (dropped: readonly DroppedFile[]): boolean => {
    const text = onlyHiddenText(dropped.map(({ path }) => path));
    if (text !== null) notify('warn', text, 'train');
    return text !== null;
  };

  /** Adds them, and says of the drop what is to be said in one notice: a line a sentence. */
  const take = async (wanted: readonly VolumeOfRole[], said: Said, overtake: () => void) => {
    if (wanted.length > 0 && isLocked(train())) {
      const some = someOf(wanted.map(({ parts }) => parts.path));
      notify(
        'warn',
        `${some}: not added, as a run is open and its volumes stand still; stop it to add others.`,
        'train',
      );
      return;
    }
    const warnings = [...said.warnings];
    if (wanted.length > 0) await inTurn(async () => void warnings.push(...(await addAll(wanted, overtake))));
    const lines = [...warnings, ...said.infos];
    if (lines.length > 0) notify(warnings.length > 0 ? 'warn' : 'info', lines, said.topic);
    if (wanted.length > 0) await changed();
  };

  return {
    begin,
    add: (wanted) => take(wanted, { topic: 'volumes', warnings: [], infos: [] }, former('train')),
    ensure: () => inTurn(shelf.ensure),

    async addPhantoms() {
      await inTurn(async () => {
        const { subjects } = PHANTOM_SET;
        patch({ adding: { done: 0, total: 2 * subjects, again: false, phantom: true } });
        try {
          await context.ready();
          // A set that is there is drawn again: nobody wants a subject twice.
          const before = train().volumes.filter(({ source }) => source.kind === 'phantom');
          await Promise.all(before.map(shelf.forget));
          const drawn = await shelf.drawPhantoms();
          patch(({ volumes }) => ({ volumes: [...volumes.filter((v) => !before.includes(v)), ...drawn] }));
        } catch (error) {
          report(error);
        } finally {
          patch({ adding: null });
        }
      });
      await changed();
    },

    actions: {
      async addFiles(role, dropped) {
        if (tellHidden(dropped)) return;
        const overtake = former('train');
        const { settings } = train();
        const volumes = await volumesOf(dropped);
        if (volumes.length === 0) {
          notify('error', noScanText(dropped), 'train');
          return;
        }
        const { taken, problem, texts } = ofContrast(volumes, settings.contrasts[ROLE_SIDES[role]]);
        if (problem !== null) notify('error', problem, 'train');
        await take(
          taken.map((parts) => ({ role, parts })),
          { topic: role, warnings: strangeTexts(dropped, volumes), infos: texts },
          overtake,
        );
      },

      async dropFiles(dropped) {
        if (tellHidden(dropped)) return;
        const overtake = former('train');
        const { a, b } = settingsOfRun(train().settings).contrasts;
        const volumes = await volumesOf(dropped);
        const weights = weightsOf(dropped);
        if (volumes.length === 0 && weights.length > 0) {
          await context.get().actions.train.openStart(dropped.map(({ file }) => file));
          return;
        }
        const { wanted, unknown, labels, texts } = byContrast(volumes, { a, b });
        if (volumes.length === 0) notify('error', noScanText(dropped), 'train');
        const what = unknown.length > 0 && someOf(unknown.map(({ path }) => path));
        await take(
          wanted.map(({ side, parts }) => ({
            role: side === 'a' ? ('trainA' as const) : ('trainB' as const),
            parts,
          })),
          {
            topic: 'volumes',
            warnings: [...strangeTexts(dropped, volumes), ...(what ? [notNamedText(what, a, b)] : [])],
            infos: [...labelTexts(labels.length, volumes.length), ...texts],
          },
          overtake,
        );
      },

      cancelAdding() {
        adding.abort();
      },

      removeVolume: (volumeId) => remove(({ added }) => added.volumeId === volumeId),
      removeVolumes: (role) => remove(({ added }) => added.role === role),

      async pickVolume(volumeId, volume) {
        if (isLocked(train())) return;
        await inTurn(async () => {
          const picked = train().volumes.find(({ added }) => added.volumeId === volumeId)?.added;
          if (!picked) return;
          const { role, volumeCount } = picked;
          const isMeant = ({ added }: TrainVolume) =>
            added.volumeId === volumeId ||
            (added.role === role && added.volumeCount === volumeCount && added.volume === null);
          for (const one of train().volumes.filter(isMeant))
            if (one.source.kind === 'files') await shelf.recut(one, { ...one.source, volume });
        }).catch(report);
        await changed();
      },

      pickEntity(side, entity, values) {
        if (isLocked(train())) return;
        patch(({ filters }) => {
          const { [entity]: _, ...others } = filters[side];
          return {
            filters: { ...filters, [side]: values === null ? others : { ...others, [entity]: values } },
          };
        });
      },
    },
  };
}

/** @param b the same as `a` where one contrast is learnt */
const notNamedText = (what: string, a: string, b: string): string =>
  a === b
    ? `${what}: the name does not say ${a}; drop on A.`
    : `${what}: the name says neither ${a} nor ${b}; drop on A or on B.`;

const noScanText = (dropped: readonly DroppedFile[]): string =>
  `${dropped[0]?.path ?? 'Folder'}: no scan; add scans (${SCAN_EXTENSIONS.join(', ')}) or a folder of them.`;
