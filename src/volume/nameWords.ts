/** What single words of a scan's name mean: contrasts, contrast agents, masks. Words are in lower case. */

/** Contrasts by the words for them, in lower case; BraTS has t1n and t2f. */
const CONTRASTS: Readonly<Record<string, string>> = {
  t1: 'T1w',
  t1w: 'T1w',
  t1n: 'T1w',
  t2: 'T2w',
  t2w: 'T2w',
  pd: 'PDw',
  pdw: 'PDw',
  flair: 'FLAIR',
  t2f: 'FLAIR',
  t2flair: 'FLAIR',
  ct: 'CT',
};
const GAD = 'gad(?:o(?:linium)?)?';
/** T1ce, T1wGd, ceT1, T1postcontrast. */
const ENHANCED = new RegExp(`^(?:cet1w?|t1w?(?:ce?|gd|${GAD}|(?:post)?contrast|post(?:gd|${GAD})?))$`);
/** They count beside a contrast only: alone they may be a site or a group. */
const AGENT = new RegExp(`^(?:ce|gd|${GAD}|(?:post)?contrast|post(?:gd|${GAD})?|enhanced)$`);
/** precontrast, noncontrast, pregad; pre. */
const NO_AGENT = new RegExp(`^(?:pre|(?:pre|non?|wo|without)(?:contrast|ce|gd|${GAD}|enhanced)|unenhanced)$`);
const NOT = /^(?:non?|wo|without)$/;
const WITH = /^with$/;
/** After "pre" or "post" they say that a visit is meant: "T1_post_op". */
const OF_VISIT = /^(?:op|surg|rt|radi|chemo|treat|tx|therap|biops|resect|interv)/;
/** T1+C, T1 c+: what is written with a sign instead of a word. */
const SIGN = /\+c(?![a-z0-9])|(^|[^a-z0-9])c\+/gi;

const LABEL =
  /^((?!no|un)\w*masks?\d*|(d|prob|a)?seg|segmentations?|labels?|lesions?|rois?|pve\d*|wmh|a?parc)$/;
/** Those that name no study, group or patient: they say it from anywhere in a name. */
const SURE_LABEL = /^((?!no|un)\w*masks?\d*|(d|prob|a)?seg|segmentations?)$/;
/** Beside a contrast, in front of it or anywhere behind: what was computed from its images, or a part of the signal. */
const MAP =
  /^(gt|truth|groundtruth|jacobians?|warp(field)?|bias(field)?|uncertainty|prob(ability)?|pred(iction)?|fake|synth(etic)?|generated|imag)$/;
/** Directly behind a contrast only: elsewhere they may say how or where an ordinary image was taken, "high field", "arterial phase". */
const MAP_BEHIND =
  /^(ph|phase|real|e[2-9]|tumou?r|gtv\d*|contours?|manual|map|field|atlas|template|consensus|diff(erence)?|edges?|snr|noise)$/;
/** "bias corrected" */
const CORRECTED = /^(corr|free|removed)/;

/** Folders that hold nothing else: nnU-Net's labelsTr among them. */
const LABEL_FOLDER = /^(masks?|labels?(tr|ts|val)?|segs?|segmentations?)$/i;

/** The BIDS suffix of a common word for a contrast, "t1" or "T1w"; null for another word. */
export function contrastOfWord(word: string): string | null {
  const lower = word.toLowerCase();
  if (ENHANCED.test(lower)) return CONTRASTS.t1;
  return Object.hasOwn(CONTRASTS, lower) ? CONTRASTS[lower] : null;
}

/** A word for a contrast that says of itself that there is an agent: "t1ce". */
export const isEnhancedWord = (word: string): boolean => ENHANCED.test(word.toLowerCase());

/** "T1+C" -> "T1_ce_": signs as words. */
export const withoutSigns = (text: string): string => text.replace(SIGN, '$1_ce_');

/** Whether a word may be part of what is said of a contrast agent. */
export const isOfAgent = (word: string): boolean =>
  [AGENT, NO_AGENT, NOT, WITH].some((kind) => kind.test(word));

/**
 * What the words beside a contrast say of an agent: "T1 post contrast" has one, "pre T1" and "T1 without gad" have none.
 * @param at the place of the contrast's word in `words`
 * @returns `places`: of the words that say it
 */
export function agentBeside(words: readonly string[], at: number): { enhanced: boolean; places: number[] } {
  const sides = [-1, 1].map((step) => {
    const places: number[] = [];
    for (let n = at + step; isOfAgent(words[n] ?? ''); n += step) places.push(n);
    const last = places.at(-1);
    if (
      step > 0 &&
      last !== undefined &&
      /^(pre|post)$/.test(words[last]) &&
      OF_VISIT.test(words[last + 1] ?? '')
    )
      places.pop();
    const said = places.map((n) => words[n]);
    const isWith = said.some((word) => AGENT.test(word));
    const isWithout = said.some((word) => NO_AGENT.test(word));
    if (!isWith && !isWithout) return { enhanced: false, places: [] };
    return { enhanced: isWith && !isWithout && !said.some((word) => NOT.test(word)), places };
  });
  return { enhanced: sides.some(({ enhanced }) => enhanced), places: sides.flatMap(({ places }) => places) };
}

/** Whether words say that an image is a mask or another map, wherever they stand. */
export const sayLabel = (words: readonly string[]): boolean => has(words, LABEL);

/**
 * The same of a name of any form: behind the word for a contrast and directly before it every such word counts, elsewhere those alone that
 * name nothing else: "lesion_P01_T1" may be an image of a study of lesions, "mask_P01_T1" is none.
 * @param at the first and last place of what is said of the contrast; null where nothing is
 */
export function sayLabelBeside(words: readonly string[], at: readonly [number, number] | null): boolean {
  if (has(words, SURE_LABEL)) return true;
  const from = at === null ? words.length - 1 : Math.max(0, at[0] - 1);
  return has(words, LABEL, from);
}

/**
 * Whether words beside a contrast say that an image was made of one: a map, a prediction, a phase.
 * @param at the first and last place of what is said of the contrast; null where nothing is: then the last word tells
 */
export function sayMapBeside(words: readonly string[], at: readonly [number, number] | null): boolean {
  const isMap = (n: number) => MAP.test(words[n] ?? '') && !NOT.test(words[n - 1] ?? '');
  if (at === null) return words.length > 1 && isMap(words.length - 1) && words.at(-1) !== 'imag';
  const behind = words.map((_, n) => n).filter((n) => n > at[1]);
  return (
    isMap(at[0] - 1) ||
    MAP_BEHIND.test(words[at[1] + 1] ?? '') ||
    behind.some((n) => isMap(n) && !CORRECTED.test(words[n + 1] ?? ''))
  );
}

/** The number of a repetition among words, "run1" or "run 1", and the places of the words that say it. */
export function runAmong(words: readonly string[]): { run: string; places: number[] } | null {
  for (const [n, word] of words.entries()) {
    const [, own] = /^run(\d*)$/.exec(word) ?? [];
    if (own) return { run: own, places: [n] };
    if (own === '' && /^\d+$/.test(words[n + 1] ?? '')) return { run: words[n + 1], places: [n, n + 1] };
  }
  return null;
}

export const isLabelFolder = (folder: string): boolean => LABEL_FOLDER.test(folder);

/** Not "no mask". */
const has = (words: readonly string[], kind: RegExp, from = 0): boolean =>
  words.some((word, n) => n >= from && kind.test(word) && !NOT.test(words[n - 1] ?? ''));
