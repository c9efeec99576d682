/** The pairs of the Compare room: read one after the other, each on its source's grid. */
import { BadRequest } from '../../../../errors';
import { shortName } from '../../../../plainText';
import { volumesTold } from '../../../../volume/checkScan';
import { LEAST_OVERLAP } from '../../../../volume/headOverlap';
import { readName, stemWithoutContrast } from '../../../../volume/names';
import { samePerson } from '../../../../volume/pairing';
import { someOf } from '../../../../volume/plainScans';
import { taskText } from '../../../../workers/translate/bench';
import { onlyHiddenText, sortFiles } from '../../../state/files';
import {
  type DroppedFile,
  strangeTexts,
  type VolumeParts,
  volumesOf,
  weightsOf,
} from '../../train/state/volumeFiles';
import { planDrop } from '../../translate/state/dropPlan';
import type { Picking } from '../../translate/state/pick';
import { chosenCard } from '../../translate/state/selectors';
import type { CompareContext } from './compareContext';
import { planPairs } from './pairPlan';
import { currentTask, hasContrasts, isOf, isTask, tasks } from './selectors';
import type { CompareActions, CompareData, OpenPair, PairScan, Task } from './types';

/** The worker holds them all: a head of 256 x 256 x 180 twice is 94 MB. */
export const MOST_PAIRS = 12;

interface Wanted {
  task: Task;
  source: VolumeParts & { volume?: number };
  reference: VolumeParts & { volume?: number };
}

export interface ComparePairs {
  /** What is begun now can be cancelled as the reading of scans: by `cancelReading`. */
  begin(): AbortSignal;
  /** One after the other; what cannot be read is told and left out. Whether it was not cancelled. */
  open(wanted: readonly Wanted[]): Promise<boolean>;
  actions: Pick<CompareActions, 'dropFiles' | 'useTranslate' | 'cancelReading' | 'removePair' | 'pickVolume'>;
}

export function createPairs(context: CompareContext, pick: Picking): ComparePairs {
  const {
    get,
    compare,
    patch,
    services: { client },
    notify,
    report,
    former,
  } = context;
  let reading = new AbortController();

  /** A failure to forget is of no interest to the user. */
  const forget = (scans: readonly (Pick<PairScan, 'scanId'> | null)[]) => {
    for (const scan of scans) if (scan) client.closeScan(scan.scanId).catch(() => undefined);
  };

  const begin = (): AbortSignal => {
    reading = new AbortController();
    return reading.signal;
  };

  const read = async (
    { path, files, volume }: Wanted['source'],
    signal: AbortSignal,
  ): Promise<PairScan & { told: string[] }> => {
    const scan = await client.openScan(files, { volume, signal });
    const { scanId, name, volumeCount, volumeIndex, warnings } = scan;
    // Which of several volumes it is stands in its row.
    const ofVolumes = volumesTold(scan);
    // Its voxels are the worker's: what is shown of it comes with the results.
    return {
      told: warnings.filter((text) => !ofVolumes.includes(text)),
      scanId,
      name,
      path,
      files,
      volumeCount,
      volume: volumeCount > 1 ? (volume ?? null) : volumeIndex,
    };
  };

  /** Where the source cannot be read there is no pair; what is wrong with its reference is told all the same. */
  const tellFault = async (reference: Wanted['reference'], signal: AbortSignal) => {
    try {
      forget([await read(reference, signal)]);
    } catch (error) {
      if (!signal.aborted) report(error, 'compare');
    }
  };

  const openOne = async ({ task, ...wanted }: Wanted, signal: AbortSignal): Promise<OpenPair> => {
    const { told, ...source } = await read(wanted.source, signal).catch(async (error: unknown) => {
      if (!signal.aborted) await tellFault(wanted.reference, signal);
      throw error;
    });
    let reference: PairScan | null = null;
    try {
      const { told: toldOfReference, ...opened } = await read(wanted.reference, signal);
      reference = opened;
      const { overlap, same } = await client.matchGrid(reference.scanId, source.scanId);
      signal.throwIfAborted();
      if (same)
        throw new BadRequest(
          `${source.name} and ${reference.name}: source and reference must be two images, got the same in both; drop the real ${task.target}`,
        );
      const notes =
        overlap < LEAST_OVERLAP
          ? [
              `The heads overlap by ${Math.floor(100 * overlap)} % only: another head, or not registered; the scores mean nothing.`,
            ]
          : [];
      const { path } = wanted.source;
      notes.push(
        ...told.map((text) => `Source: ${text}`),
        // What both have is said once.
        ...toldOfReference.filter((text) => !told.includes(text)).map((text) => `Reference: ${text}`),
      );
      const name = readName(path);
      const patient = samePerson([name.dataset, name.subject].filter(Boolean).join('/'));
      return { id: freeId(stemWithoutContrast(path) || name.stem), patient, task, source, reference, notes };
    } catch (error) {
      forget([source, reference]);
      throw error;
    }
  };

  const freeId = (wanted: string): string => {
    const ids = new Set(compare().pairs.map(({ id }) => id));
    for (let n = 1; ; n++) {
      const id = n === 1 ? wanted : `${wanted} (${n})`;
      if (!ids.has(id)) return id;
    }
  };

  const isThere = ({ task, source, reference }: Wanted): boolean =>
    compare().pairs.some(
      (pair) =>
        isTask(pair.task, task) && isSameScan(pair.source, source) && isSameScan(pair.reference, reference),
    );

  const open: ComparePairs['open'] = async (wanted) => {
    const fresh = wanted.filter((one) => !isThere(one));
    if (fresh.length < wanted.length)
      notify('info', `${countOf(wanted.length - fresh.length, 'pair')} there already.`, 'compare');
    const room = Math.max(0, MOST_PAIRS - compare().pairs.length);
    if (fresh.length > room)
      notify(
        'warn',
        `Pairs: must be at most ${MOST_PAIRS}, got ${compare().pairs.length + fresh.length}; the first ${room} of these are opened. For more, use \`syndiff bench\`.`,
        'compare',
      );
    const meant = fresh.slice(0, room);
    const signal = begin();
    try {
      for (const [done, one] of meant.entries()) {
        if (signal.aborted) break;
        patch({ opening: { done, total: meant.length } });
        try {
          const pair = await openOne(one, signal);
          patch(({ pairs, remarks }) => ({
            pairs: [...pairs, pair],
            // One of the same id may have been here before.
            remarks: remarks.filter((text) => !isOf(text, pair)),
          }));
        } catch (error) {
          if (!signal.aborted) report(error, 'compare');
        }
      }
    } finally {
      patch({ opening: null });
    }
    return !signal.aborted;
  };

  /** Two of several whose names do not tell them; null where the user means none. */
  const asked = async (volumes: readonly VolumeParts[], task: Task): Promise<Wanted | null> => {
    const scans = volumes.map(({ files }) => files);
    const pathOf = (files: readonly File[]) => volumes[scans.indexOf(files as File[])].path;
    const plan = planDrop(scans, pathOf, [task]);
    const chosen = await pick.ask(
      plan.scans,
      pathOf,
      plan.source,
      plan.reference,
      plan.why || 'in this order',
    );
    if (!chosen?.reference) return null;
    const parts = (files: readonly File[]) => volumes[scans.indexOf(files as File[])];
    return { task, source: parts(chosen.source), reference: parts(chosen.reference) };
  };

  return {
    begin,
    open,
    actions: {
      async dropFiles(dropped) {
        if (compare().run) {
          notify('warn', 'A comparison goes on; cancel it or wait to add scans or models.', 'compare');
          return;
        }
        if (compare().opening) {
          notify('warn', 'Scans are being read; drop others when they are there.', 'compare');
          return;
        }
        const hidden = onlyHiddenText(dropped.map(({ path }) => path));
        if (hidden !== null) {
          notify('warn', hidden, 'compare');
          return;
        }
        const overtake = former('compare');
        const volumes = await volumesOf(dropped);
        const weights = weightsOf(dropped);
        if (weights.length > 0) await get().actions.compare.addModels(ofModels(dropped, volumes));
        if (volumes.length === 0) {
          if (weights.length === 0)
            notify(
              'error',
              `${someOf(dropped.map(({ path }) => path))}: must be scans, or weights with their card.json, got neither; drop others.`,
              'compare',
            );
          return;
        }
        const current = currentTask(get());
        if (!current) {
          notify(
            'warn',
            'No model is there whose contrasts would tell which scans are pairs; add one first.',
            'compare',
          );
          return;
        }
        // Once there are pairs, others are of the same task.
        const possible =
          compare().pairs.length > 0
            ? [current]
            : [current, ...tasks(get()).filter((one) => !isTask(one, current))];
        const plan = planPairs(volumes, possible);
        pick.giveUp();
        const wanted = plan.pairs.map(({ source, reference }) => ({ task: plan.task, source, reference }));
        const given = new Set(weights);
        const strange = strangeTexts(
          dropped.filter(({ file }) => !given.has(file)),
          volumes,
        );
        if (wanted.length === 0 && strange.length > 0) notify('warn', strange, 'compare');
        if (wanted.length === 0 && volumes.length > 1) {
          const one = await asked(volumes, current);
          if (one) await open([one]);
          return;
        }
        if (plan.problem !== null) {
          notify('error', plan.problem, 'compare');
          return;
        }
        overtake();
        if (!isTask(plan.task, current)) patch({ task: plan.task });
        const said = [...strange, ...plan.texts];
        if (said.length > 0) notify('warn', said, 'compare');
        await open(wanted);
      },

      async useTranslate() {
        const { source, sourceFiles, reference, referenceFiles } = get();
        const card = chosenCard(get());
        if (!source || !reference || !card || compare().run || compare().opening) return;
        const task = { source: card.source, target: card.target };
        if (!hasContrasts(card)) {
          notify(
            'warn',
            `${card.name}: does not say which contrasts it translates; say it in Translate first.`,
            'compare',
          );
          return;
        }
        patch({ task });
        await open([
          {
            task,
            source: { path: source.name, files: sourceFiles, volume: source.volumeIndex },
            reference: {
              path: reference.scan.name,
              files: referenceFiles,
              volume: reference.scan.volumeIndex,
            },
          },
        ]);
      },

      cancelReading: () => reading.abort(),

      removePair(id) {
        if (compare().run) return;
        const pair = compare().pairs.find((one) => one.id === id);
        if (!pair) return;
        forget([pair.source, pair.reference]);
        patch((before) => ({
          pairs: before.pairs.filter((one) => one !== pair),
          ...withoutResults(before, pair),
        }));
      },

      async pickVolume(pairId, which, volume) {
        const pair = compare().pairs.find(({ id }) => id === pairId);
        if (!pair || compare().run || compare().opening) return;
        const of = (scan: PairScan, volume: number | null) => ({
          path: scan.path,
          files: scan.files,
          volume: volume ?? undefined,
        });
        const chosen = { source: pair.source.volume, reference: pair.reference.volume, [which]: volume };
        const signal = begin();
        patch({ opening: { done: 0, total: 1 } });
        try {
          const next = await openOne(
            {
              task: pair.task,
              source: of(pair.source, chosen.source),
              reference: of(pair.reference, chosen.reference),
            },
            signal,
          );
          forget([pair.source, pair.reference]);
          const { patient } = pair;
          patch((before) => ({
            pairs: before.pairs.map((one) => (one === pair ? { ...next, id: pairId, patient } : one)),
            remarks: before.remarks.filter((text) => !isOf(text, pair)),
            ...withoutResults(before, pair),
          }));
        } catch (error) {
          if (!signal.aborted) report(error, 'compare');
        } finally {
          patch({ opening: null });
        }
      },
    },
  };
}

/** Without the scans and what lies beside them, where there are any: what else is no scan is said of them. */
function ofModels(dropped: readonly DroppedFile[], volumes: readonly VolumeParts[]): DroppedFile[] {
  if (volumes.length === 0) return [...dropped];
  const scans = new Set(volumes.flatMap(({ files }) => files));
  const { weights, cards } = sortFiles(
    dropped.map(({ file }) => file),
    (file) => scans.has(file),
  );
  const meant = new Set([...weights, ...cards]);
  return dropped.filter(({ file }) => meant.has(file));
}

const countOf = (count: number, what: string) => (count === 1 ? `1 ${what} is` : `${count} ${what}s are`);

/** Pictures of a pair go with it, and so do its results: they come together. */
function withoutResults({ kept, made }: CompareData, pair: OpenPair): Pick<CompareData, 'kept' | 'made'> {
  const data = dataOf(pair);
  return {
    kept: new Map([...kept].filter(([key]) => !key.includes(data))),
    made: new Map([...made].filter(([, { pairId }]) => pairId !== pair.id)),
  };
}

/** Says what the scans are: results are kept under it. */
export function dataOf({ task, source, reference }: OpenPair): string {
  const text = ({ files, volume }: PairScan) => `${filesText(files)} volume ${volume}`;
  return `${taskText(task)} ${text(source)} ${text(reference)}`;
}

/** Files as one knows them without reading them. */
const filesText = (files: readonly File[]): string =>
  files.map(({ name, size, lastModified }) => `${shortName(name)} ${size} ${lastModified}`).join(' ');

/** In folders of several people files may be called the same, and unpacked together they are of the same time. */
const isSameScan = (one: VolumeParts, other: VolumeParts): boolean =>
  filesText(one.files) === filesText(other.files) &&
  (one.path.endsWith(other.path) || other.path.endsWith(one.path));
