/** Opens again what a tab had open before it was loaded anew: by the same actions as a drop, so with the same checks. */

import { CorruptFile } from '../../../errors';
import { putSlice } from '../../../volume/planes';
import type { ClientOwnWeights, ClientStartPoint } from '../../../workers/train/client';
import type { OwnModelSource } from '../../../workers/translate/client';
import type { Scan } from '../../../workers/translate/protocol';
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

export function createRestore(store: AppStore, tab: TabFiles, names: KeptNames): Restore {
  const act = () => store.getState().actions;
  /** One File a kept file, so that what was the same is the same again. */
  const opened = new Map<string, File>();

  const fileOf = async ({ key, name, type, bytes, modified }: KeptFile): Promise<File> => {
    const before = opened.get(key);
    if (before) return before;
    const blob = await tab.file(key);
    if (blob?.size !== bytes)
      throw new CorruptFile(
        `${name}: must have ${bytes} bytes as it was kept, got ${blob?.size ?? 'no file'}`,
      );
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
      const { file, card } = await ownOf(kept);
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
      for (const one of kept.results) results.push(await resultOf(one, source, sources));
      if (store.getState().source !== source) return;
      store.setState(({ view, cardId: chosen }) => ({
        cardId: isThere ? cardId : chosen,
        range,
        results,
        view: { ...view, mode, slice: clamp(slice, 0, source.shape[2] - 1) },
      }));
      if (kept.reference) await act().openReference(await filesOf(kept.reference));
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
      for (const { network, shipped, own } of sources)
        Object.assign(start, {
          [network]: own ? await ownOf(own) : { kind: 'shipped', id: shipped },
        });
      const owns = await Promise.all(
        ownStarts.map(async ({ card, own }) => [card.id, { card, source: await ownOf(own) }] as const),
      );
      const listed = await Promise.all(
        volumes.map(async ({ files, ...volume }) => ({ ...volume, files: files && (await filesOf(files)) })),
      );
      act().train.restore({
        settings,
        every,
        start: { cardId, sources: start },
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
