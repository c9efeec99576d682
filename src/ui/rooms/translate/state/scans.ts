/** What files that are dropped are opened as, and the demos. */

import { shortName } from '../../../../plainText';
import { SCAN_EXTENSIONS } from '../../../../volume/formats/names';
import { isOfContrast } from '../../../../volume/names';
import { someOf } from '../../../../volume/plainScans';
import type { ModelCard, Scan } from '../../../../workers/translate/protocol';
import type { Context } from '../../../state/context';
import { onlyHiddenText, sortByContent, withoutJson } from '../../../state/files';
import type { AppActions, NoticeTopic } from '../../../state/types';
import { planDrop, planReference } from './dropPlan';
import type { Picking } from './pick';
import { createReading } from './reading';
import { createReferenceScan } from './reference';
import type { ScoreMissing } from './scoring';
import { chosenCard } from './selectors';
import { neighbourhood } from './slices';
import { createSourceScan } from './source';
import { styleActions } from './styleScan';

/** Slices on each side of the visible one that a demo translates: enough to step through, at seconds a slice without a GPU. */
const DEMO_REACH = 2;

type ScanActions = Pick<
  AppActions,
  | 'dropFiles'
  | 'openSource'
  | 'answerDrop'
  | 'answerPick'
  | 'openReference'
  | 'openStyle'
  | 'cancelReading'
  | 'removeSource'
  | 'removeReference'
  | 'tryDemo'
>;

/** `whenStarted`: the demo may be asked for before the engine can open it. */
export function scanActions(
  context: Context,
  scoreMissing: ScoreMissing,
  whenStarted: () => Promise<void>,
  pick: Picking,
): ScanActions {
  const {
    get,
    set,
    services: { client, fetchDemo },
    notify,
    report,
  } = context;
  /** The engine forgets the scan; a failure to forget is of no interest to the user. */
  const forget = (scan: Scan | undefined) => {
    if (scan) client.closeScan(scan.scanId).catch(() => undefined);
  };
  const reading = createReading(context);
  const reference = createReferenceScan(context, reading, scoreMissing, forget);
  const source = createSourceScan(context, reading, reference, forget);
  const { openReference } = reference.actions;

  const pathsOf = (pathOf: (file: File) => string) => (files: readonly File[]) => pathOf(files[0]);

  /** What the models that are there can be told from; the first is the chosen one. */
  const modelsForPlan = async () => {
    if (get().models.length === 0) await whenStarted();
    const { models, own, loaded } = get();
    const all = [...models, ...Object.keys(own).map((id) => loaded[id].card)];
    const chosen = chosenCard(get());
    const isLike = (card: ModelCard) => card.source === chosen?.source;
    return [...(chosen ? [chosen] : []), ...all.filter(isLike), ...all.filter((card) => !isLike(card))];
  };

  /** One becomes the source, one perhaps its reference; what is left out is said. */
  const openScans = async (scans: readonly File[][], isSaid: boolean, pathOf: (file: File) => string) => {
    pick.giveUp();
    if (scans.length === 1) {
      await source.open({ files: scans[0], isSaid });
      return;
    }
    const models = await modelsForPlan();
    const plan = planDrop(scans, pathsOf(pathOf), models);
    const chosen = plan.isEvident
      ? plan
      : await pick.ask(plan.scans, pathsOf(pathOf), plan.source, plan.reference, plan.why);
    if (!chosen) return;
    const { source: first, reference: second } = chosen;
    const isAsked = !plan.isEvident;
    const became = await source.open({
      files: [...first],
      isSaid: isSaid || isAsked,
      reference: second?.[0].name,
    });
    if (second && became === 'unread')
      notify(
        'warn',
        `${second[0].name}: not opened, as the scan that was dropped with it was not.`,
        'source',
      );
    if (became !== 'source') return;
    const model = second && models.find(isBetween(first[0].name, second[0].name));
    if (model) set({ cardId: model.id });
    if (second) await openReference([...second]);
    if (second && get().referenceFiles[0] !== second[0]) return;
    const roles = `${first[0].name} is the source${second ? `, ${second[0].name} the reference` : ''}.`;
    // A new reference ends what is said of a pair.
    const topic = second ? 'reference' : 'source';
    if (isAsked) sayChoice(roles, unopened(plan.scans, [first, second], pathOf), topic);
    else sayPlan(roles, plan.texts, topic);
  };

  const openReferences = async (scans: readonly File[][], pathOf: (file: File) => string) => {
    const { source: open } = get();
    pick.giveUp();
    if (scans.length === 1 || !open) return openReference([...scans[0]]);
    const target = chosenCard(get())?.target ?? null;
    const plan = planReference(scans, pathsOf(pathOf), open.name, target);
    const chosen = plan.isEvident
      ? plan
      : await pick.ask(plan.scans, pathsOf(pathOf), null, plan.reference, plan.why);
    if (!chosen?.reference) return;
    const [first] = chosen.reference;
    await openReference([...chosen.reference]);
    if (get().referenceFiles[0] !== first) return;
    const role = `${first.name} is the reference.`;
    if (plan.isEvident) sayPlan(role, plan.texts, 'reference');
    else sayChoice(role, unopened(plan.scans, [chosen.reference], pathOf), 'reference');
  };

  /** One notice; what was left out is to be read. */
  const sayPlan = (roles: string, texts: readonly string[], topic: NoticeTopic) =>
    notify(texts.length > 0 ? 'warn' : 'info', [roles, ...texts].join(' '), topic);

  /** What the user has left out needs no reading. */
  const sayChoice = (roles: string, left: readonly string[], topic: NoticeTopic) =>
    notify('info', left.length > 0 ? `${roles} Not opened: ${left.join(', ')}.` : roles, topic);

  return {
    ...source.actions,
    ...reference.actions,
    ...styleActions(context, reading, forget),
    cancelReading: reading.cancel,

    answerPick: pick.answer,

    async dropFiles(files, zone, pathOf = ({ name }) => name) {
      const { actions, isReturning } = get();
      if (isReturning) {
        notify('warn', 'What was open before the reload is coming back; drop again when it is there.');
        return;
      }
      const hidden = onlyHiddenText(files.map(pathOf));
      if (hidden !== null) {
        notify('warn', hidden);
        return;
      }
      if (zone === 'weights') return actions.addWeights(files);
      const { scans, weights, cards, unknown } = await sortByContent(files, pathOf);
      // A file with any name is what the place is for where the user says so.
      if (scans.length === 0 && zone === 'source') return actions.openSource(withoutJson(files));
      if (scans.length === 0 && zone === 'reference') return openReference(files);
      // What lies beside scans in a folder nobody has chosen.
      const isBeside = (file: File) => scans.length + weights.length > 0 && /[\\/]/.test(pathOf(file));
      const strange = unknown.filter((file) => !isBeside(file));
      if (strange.length > 0)
        notify(
          'error',
          `${someOf(strange.map(({ name }) => name))}: neither a scan nor weights; drop a scan (${SCAN_EXTENSIONS.join(', ')}), or .pth or .safetensors, with its card.json if there is one.`,
        );
      await actions.addWeights([...weights, ...cards]);
      if (zone === 'reference') await openReferences(scans, pathOf);
      else if (scans.length > 0) await openScans(scans, zone === 'source', pathOf);
    },

    async tryDemo(demo) {
      if (get().run || get().opening || get().isReturning) return;
      set({ opening: 'source' });
      let real: File | null;
      try {
        await whenStarted();
        const [file, target] = await Promise.all([
          fetchDemo(demo.scan),
          demo.reference && fetchDemo(demo.reference),
        ]);
        real = target;
        if ((await source.open({ files: [file], isSaid: true })) !== 'source') return;
      } catch (error) {
        report(error);
        return;
      } finally {
        set({ opening: null });
      }
      const { source: scan, models, view } = get();
      const model = modelBetween(models, demo.source, demo.target);
      if (!scan) return;
      if (!model) {
        notify(
          'info',
          `${demo.label}: no model of these contrasts ships with this page; choose one under Model.`,
        );
        return;
      }
      set({ cardId: model.id, range: { kind: 'head' } });
      if (real) await openReference([real]);
      // Another scan may have been dropped while the reference was read.
      if (get().source !== scan) return;
      await get().actions.translate(neighbourhood(view.slice, DEMO_REACH, scan.shape[2]));
    },
  };
}

/** Names of the scans but for those that were chosen. */
function unopened(
  scans: readonly (readonly File[])[],
  chosen: readonly (readonly File[] | null)[],
  pathOf: (file: File) => string,
): string[] {
  return scans.filter((scan) => !chosen.includes(scan)).map(([first]) => shortName(pathOf(first)));
}

function isBetween(from: string, to: string): (card: ModelCard) => boolean {
  return ({ source, target }) => isOfContrast(from, source) && isOfContrast(to, target);
}

function modelBetween(models: readonly ModelCard[], from: string, to: string) {
  return models.find(({ source, target }) => source === from && target === to);
}
