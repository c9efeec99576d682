/** Opens again what a tab had open before it was loaded anew: by the same actions as a drop, so with the same checks. */

import { CorruptFile } from '../../../errors';
import { blobCrc32 } from '../../../volume/crc32';
import { putSlice } from '../../../volume/planes';
import type { ClientOwnWeights, ClientStartPoint } from '../../../workers/train/client';
import type { OwnModelSource } from '../../../workers/translate/client';
import type { Scan } from '../../../workers/translate/protocol';
import type { FormerTrain, OwnStart } from '../../rooms/train/state/types';
import { emptyVolume } from '../../rooms/translate/state/madeVolume';
import { recipeKey } from '../../rooms/translate/state/recipe';
import { clamp } from '../../rooms/translate/state/slices';
import type { AppStore } from '../store';
import type { ResultSet } from '../types';
import type { KeptFile, KeptOwn, KeptResult, KeptTrain, KeptTranslate } from './keptState';
import { unpackSlice } from './packedSlice';
import type { KeptNames, TabFiles } from './tabFiles';

export interface Restore {
  translate(kept: KeptTranslate): Promise<void>;
  train(kept: KeptTrain): Promise<void>;
}

/** `broken`: told of what cannot be read; the rest comes back without. */
export function createRestore(
  store: AppStore,
  tab: TabFiles,
  names: KeptNames,
  broken: (error: unknown) => void,
): Restore {
  const orNull = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      broken(error);
      return null;
    }
  };
  const act = () => store.getState().actions;
  /** One File a kept file, so that what was the same is the same again. */
  const opened = new Map<string, File>();

  const fileOf = async ({ key, name, type, bytes, modified, crc32 }: KeptFile): Promise<File> => {
    const before = opened.get(key);
    if (before) return before;
    const blob = await tab.file(key);
    if (blob?.size !== bytes)
      throw new CorruptFile(
        `${name}: must have ${bytes} bytes as it was kept, got ${blob?.size ?? 'no file'}`,
      );
    if ((await blobCrc32(blob)) !== crc32)
      throw new CorruptFile(`${name}: must be as it was kept, got other bytes`);
    const file = new File([blob], name, { type, lastModified: modified });
    names.set(file, key);
    opened.set(key, file);
    return file;
  };
  const filesOf = (kept: readonly KeptFile[]) => Promise.all(kept.map(fileOf));
  const ownOf = async ({ file, card }: KeptOwn): Promise<ClientOwnWeights> => ({
    kind: 'file',
    file: await fileOf(file),
    ...(card ? { card: await fileOf(card) } : {}),
  });

  /** By what was kept of each. */
  const openOwn = async (all: readonly KeptOwn[]): Promise<Map<string, OwnModelSource>> => {
    const sources = new Map<string, OwnModelSource>();
    for (const kept of all) {
      const own = await orNull(() => ownOf(kept));
      if (!own) continue;
      const { file, card } = own;
      const before = store.getState().own;
      await act().addWeights(card ? [file, card] : [file]);
      const id = Object.keys(store.getState().own).find((one) => store.getState().own[one] !== before[one]);
      if (id === undefined) continue;
      if (kept.settings) await act().describeOwn(id, kept.settings);
      sources.set(JSON.stringify(kept), store.getState().own[id]);
    }
    return sources;
  };

  let lost = 0;
  const readSlice = async (name: string) => {
    try {
      const packed = await tab.get(name);
      return packed && unpackSlice(packed);
    } catch {
      return null;
    }
  };

  const resultOf = async (
    { recipe: kept, own, provenance, isSaved, slices }: KeptResult,
    scan: Scan,
    sources: ReadonlyMap<string, OwnModelSource>,
  ): Promise<ResultSet> => {
    const recipe = { ...kept, scanId: scan.scanId };
    const made = emptyVolume(scan, recipe.samples);
    for (const name of slices) {
      // A slice that is damaged or gone is made again; the others are as they were.
      const unpacked = await readSlice(name);
      if (!unpacked) {
        lost += 1;
        continue;
      }
      const { slice, image, spread } = unpacked;
      putSlice(made.voxels, made.view, slice.index, image);
      if (made.spread && spread) putSlice(made.spread, made.view, slice.index, spread);
      made.done[slice.index] = 1;
      made.slices.set(slice.index, slice);
      names.set(slice, name);
    }
    const version = made.slices.size;
    return {
      key: recipeKey(recipe),
      recipe,
      own: own && (sources.get(JSON.stringify(own)) ?? (await formerOwn(own))),
      provenance,
      made,
      version,
      saved: isSaved ? version : 0,
      scores: new Map(),
    };
  };
  /** Own weights under settings that are not the present ones. */
  const formerOwn = async (kept: KeptOwn): Promise<OwnModelSource> => ({
    ...(await ownOf(kept)),
    settings: kept.settings,
  });

  return {
    async translate(kept) {
      const { settings, range, cardId, slice, mode } = kept;
      store.setState({ settings });
      const sources = await openOwn(kept.own);
      const models = [
        ...store.getState().models,
        ...Object.values(store.getState().loaded).map((m) => m.card),
      ];
      const isThere = models.some(({ id }) => id === cardId);
      if (isThere) store.setState({ cardId });
      if (!kept.source) return;
      const files = await filesOf(kept.source.files);
      await act().openSource(files, kept.source.volume);
      const { source, sourceFiles } = store.getState();
      if (!source || sourceFiles !== files) return;
      const results: ResultSet[] = [];
      for (const one of kept.results) {
        const result = await orNull(() => resultOf(one, source, sources));
        if (result) results.push(result);
      }
      if (store.getState().source !== source) return;
      store.setState(({ view, cardId: chosen }) => ({
        cardId: isThere ? cardId : chosen,
        range,
        results,
        view: { ...view, mode, slice: clamp(slice, 0, source.shape[2] - 1) },
      }));
      const { reference } = kept;
      const real = reference && (await orNull(() => filesOf(reference.files)));
      if (real) await act().openReference(real, reference.volume);
      if (lost > 0)
        act().notify(
          'warn',
          `${lost} translated ${lost === 1 ? 'slice is' : 'slices are'} not back (damaged or gone); Translate makes what is missing.`,
        );
      act().notify(
        'info',
        `${source.name}${slicesWords(results)} ${results.some(({ made }) => made.slices.size > 0) ? 'are' : 'is'} back.`,
      );
    },

    async train({ settings, every, cardId, sources, ownStarts, volumes, filters }) {
      const start: ClientStartPoint = {};
      for (const { network, shipped, own } of sources) {
        const source = own ? await orNull(() => ownOf(own)) : { kind: 'shipped', id: shipped };
        if (source) Object.assign(start, { [network]: source });
      }
      const owns: [string, OwnStart][] = [];
      for (const { card, own } of ownStarts) {
        const source = await orNull(() => ownOf(own));
        if (source) owns.push([card.id, { card, source }]);
      }
      const listed: FormerTrain['volumes'][number][] = [];
      for (const { files: kept, ...volume } of volumes) {
        const files = kept && (await orNull(() => filesOf(kept)));
        if (kept === null || files) listed.push({ ...volume, files });
      }
      act().train.restore({
        settings,
        every,
        // A card without its weights would start from others than it says.
        start: { cardId: start.aToB || start.bToA ? cardId : null, sources: start },
        ownStarts: Object.fromEntries(owns),
        volumes: listed,
        filters,
      });
    },
  };
}

function slicesWords(results: readonly ResultSet[]): string {
  const slices = results.reduce((sum, { made }) => sum + made.slices.size, 0);
  if (slices === 0) return '';
  return ` and ${slices} translated ${slices === 1 ? 'slice' : 'slices'}`;
}
