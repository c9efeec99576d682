/** Writes what the page has open for a reload of its tab: files and slices once each, the index after all that it names. */
import { blobCrc32 } from '../../../volume/crc32';
import type { ClientOwnWeights, ClientStartSource } from '../../../workers/train/client';
import type { OwnModelSource } from '../../../workers/translate/client';
import { sentenceOf } from '../notices';
import type { AppStore } from '../store';
import type { AppData, AppState, ResultSet } from '../types';
import { encodeKept, type KeptFile, type KeptOwn, type KeptState } from './keptState';
import { packSlice } from './packedSlice';
import type { KeptNames, TabFiles } from './tabFiles';

export const INDEX = 'index';

/** Milliseconds without a step through the slices after which the one on the screen is kept: scrolling writes nothing. */
const QUIET = 400;
/** Slices that come while one scrolls are kept once that rests, or after so many milliseconds: writing them costs more than a step. */
const MOST_WAIT = 5000;

/** Writes now and after every change. `notKept`: told of what does not fit, at most once an object; `spare` is not deleted. */
export function startKeeping(
  store: AppStore,
  tab: TabFiles,
  names: KeptNames,
  notKept: (what: string, why: string) => void,
  spare: ReadonlySet<string> = new Set(),
): void {
  const refused = new WeakSet<object>();
  /** CRC-32 of files: each is read for it once. */
  const sums = new WeakMap<File, number>();
  let isDirty = false;
  let isBusy = false;

  /** The object's name in the store, where it is put unless it is there; null, told, where that fails. */
  const put = async (what: object, subject: string, write: (name: string) => Promise<void>) => {
    const known = names.of(what);
    if (known !== null || refused.has(what)) return known;
    const name = names.fresh();
    try {
      await write(name);
    } catch (error) {
      refused.add(what);
      notKept(subject, sentenceOf(error));
      return null;
    }
    names.set(what, name);
    return name;
  };

  const keepFile = async (file: File): Promise<KeptFile | null> => {
    const key = await put(file, file.name, (name) => tab.putFile(name, file));
    if (key === null) return null;
    const { name, type, size, lastModified } = file;
    let crc = sums.get(file);
    if (crc === undefined) {
      // As it is kept: the file itself may have changed.
      const copy = await tab.file(key);
      crc = copy ? await blobCrc32(copy) : 0;
      sums.set(file, crc);
    }
    return { key, name, type, bytes: size, modified: lastModified, crc32: crc };
  };
  /** All of them or none. */
  const keepFiles = async (files: readonly File[]): Promise<KeptFile[] | null> => {
    const kept = await inTurn(files, keepFile);
    return kept.every((file) => file !== null) ? kept : null;
  };
  const keepOwn = async (own: OwnModelSource | ClientOwnWeights): Promise<KeptOwn | null> => {
    const files = await keepFiles(own.card ? [own.file, own.card] : [own.file]);
    if (!files) return null;
    const settings = 'settings' in own && own.settings ? { settings: { ...own.settings } } : {};
    return { file: files[0], ...(files[1] ? { card: files[1] } : {}), ...settings };
  };
  const keepResult = async ({ recipe, own, provenance, made, version, saved }: ResultSet) => {
    const keptOwn = own && (await keepOwn(own));
    if (own && !keptOwn) return null;
    const slices = await inTurn([...made.slices.values()], (slice) =>
      put(slice, `slice ${slice.index}`, (name) => tab.put(name, packSlice(made, slice))),
    );
    const isSaved = saved >= version;
    return { recipe, own: keptOwn, provenance, isSaved, slices: slices.filter((name) => name !== null) };
  };

  const keepTranslate = async (state: AppData): Promise<KeptState['translate']> => {
    const { source, sourceFiles, reference, referenceFiles, own, cardId, settings, range, view } = state;
    const files = source && (await keepFiles(sourceFiles));
    const real = files && reference && (await keepFiles(referenceFiles));
    return {
      source: source && files && { files, volume: source.volumeIndex },
      reference: reference && real && { files: real, volume: reference.scan.volumeIndex },
      own: (await inTurn(Object.values(own), keepOwn)).filter((one) => one !== null),
      cardId,
      settings,
      range,
      slice: view.slice,
      mode: view.mode,
      results: files ? (await inTurn(state.results, keepResult)).filter((one) => one !== null) : [],
    };
  };

  const keepTrain = async ({ train }: AppData): Promise<KeptState['train']> => {
    const { settings, every, start, ownStarts, volumes, filters } = train;
    const keepStart = async ([network, source]: [string, ClientStartSource]) => {
      if (source.kind === 'shipped') return { network, shipped: source.id };
      const own = await keepOwn(source);
      return own && { network, own };
    };
    const keptVolumes = await inTurn(volumes, async ({ added, source }) => {
      const { role, name, sliceCount, picked, volumeCount, volume } = added;
      const told = { role, name, sliceCount, picked, volumeCount, volume };
      if (source.kind === 'phantom') return { ...told, path: name, files: null };
      const files = await keepFiles(source.files);
      return files && { ...told, path: source.path, files };
    });
    const keptStarts = await inTurn(Object.values(ownStarts), async ({ card, source }) => {
      const own = await keepOwn(source);
      return own && { card, own };
    });
    return {
      settings,
      every,
      cardId: start.cardId,
      sources: (await inTurn(Object.entries(start.sources), keepStart)).filter((one) => one !== null),
      ownStarts: keptStarts.filter((one) => one !== null),
      volumes: keptVolumes.filter((one) => one !== null),
      filters,
    };
  };

  const write = async () => {
    const state = store.getState();
    const kept = { translate: await keepTranslate(state), train: await keepTrain(state) };
    await tab.put(INDEX, encodeKept(kept));
    // What is removed on the page is removed here.
    const used = namesIn(kept);
    for (const name of await tab.names()) {
      if (used.has(name) || spare.has(name)) continue;
      await tab.remove(name);
      names.drop(name);
    }
  };

  const changed = async () => {
    isDirty = true;
    if (isBusy) return;
    isBusy = true;
    while (isDirty) {
      isDirty = false;
      try {
        await write();
      } catch (error) {
        notKept('What is open', sentenceOf(error));
      }
    }
    isBusy = false;
  };

  let whenQuiet: ReturnType<typeof setTimeout> | undefined;
  /** Since when a slice waits for the scrolling to rest. */
  let waitsSince: number | undefined;
  const keepNow = () => {
    clearTimeout(whenQuiet);
    whenQuiet = waitsSince = undefined;
    void changed();
  };
  store.subscribe((state, before) => {
    const is = keptPart(state);
    const differs = keptPart(before).some((value, n) => value !== is[n]);
    if (differs && whenQuiet !== undefined && hasGrown(before, state)) waitsSince ??= performance.now();
    else if (differs) keepNow();
    else if (state.view.slice !== before.view.slice) {
      clearTimeout(whenQuiet);
      whenQuiet = setTimeout(keepNow, QUIET);
    }
    if (waitsSince !== undefined && performance.now() - waitsSince >= MOST_WAIT) keepNow();
  });
  void changed();
}

/** What a change of means that there is something to write at once. */
function keptPart(state: AppState): unknown[] {
  const { source, reference, own, cardId, settings, range, view, results, train } = state;
  return [
    ...[source, reference, own, cardId, settings, range, view.mode, results],
    ...[train.settings, train.every, train.start, train.ownStarts, train.volumes, train.filters],
  ];
}

/** Whether all that has come is slices of results that were there. */
function hasGrown(before: AppState, after: AppState): boolean {
  const others = keptPart({ ...after, results: before.results });
  return (
    keptPart(before).every((value, n) => value === others[n]) &&
    before.results.length === after.results.length &&
    before.results.every(
      ({ key, saved }, n) => key === after.results[n].key && saved === after.results[n].saved,
    )
  );
}

function namesIn({ translate, train }: Omit<KeptState, 'version'>): Set<string> {
  const files = (own: KeptOwn | null | undefined) => (own ? [own.file, ...(own.card ? [own.card] : [])] : []);
  const all: KeptFile[] = [
    ...(translate.source?.files ?? []),
    ...(translate.reference?.files ?? []),
    ...translate.own.flatMap(files),
    ...translate.results.flatMap(({ own }) => files(own)),
    ...train.sources.flatMap(({ own }) => files(own)),
    ...train.ownStarts.flatMap(({ own }) => files(own)),
    ...train.volumes.flatMap((volume) => volume.files ?? []),
  ];
  return new Set([INDEX, ...all.map(({ key }) => key), ...translate.results.flatMap(({ slices }) => slices)]);
}

/** One after the other: the disk is one. */
async function inTurn<T, U>(all: readonly T[], work: (one: T) => Promise<U>): Promise<U[]> {
  const done: U[] = [];
  for (const one of all) done.push(await work(one));
  return done;
}
