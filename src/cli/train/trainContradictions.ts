/** Options of `train` that contradict each other: a sentence in their words, before anything is computed. */
import { mapOfSide, NEED_TEXTS, neededOf, type TrainSettings } from '../../engine/training/settings';
import { SIDES } from '../../engine/training/sides';
import { otherOptions } from '../../engine/training/startFit';
import type { Variant } from '../../engine/training/variant';
import { withArticle } from '../../engine/words';
import { BadRequest } from '../../errors';
import type { Arguments } from '../kit/command';

const isGiven = (args: Arguments, name: string): boolean => args.has(name) || args.text(name) !== undefined;

/** What must not be given together, and why not. */
const EXCLUSIVE: readonly (readonly [name: string, others: readonly string[], why: string])[] = [
  [
    'unconditional',
    [
      ...['b', 'val-a', 'val-b', 'eval', 'paired', 'freeze-r', 'no-cycle', 'no-diffusion', 'direction'],
      ...['start', 'start-back', 'r-start', 'r-start-back'],
    ],
    'learns the images of --a alone',
  ],
  ['paired', ['freeze-r', 'r-start', 'r-start-back', 'no-cycle'], 'trains without R and its cycle'],
  ['no-adversarial', ['l1-projector'], 'leaves out all discriminators'],
];

/** @throws BadRequest for two options of which one makes the other meaningless */
export function refuseTogether(args: Arguments): void {
  for (const [name, others, why] of EXCLUSIVE) {
    if (!args.has(name)) continue;
    const other = others.find((one) => isGiven(args, one));
    if (other !== undefined)
      throw new BadRequest(
        `--${other}: must not be given with --${name}, which ${why}; leave one of them out`,
      );
  }
}

/** Flags that set a switch of the variant. */
const SWITCHES: Readonly<Record<string, keyof Variant>> = {
  paired: 'pairing',
  'no-adversarial': 'adversarial',
  'l1-projector': 'projector',
  'no-cycle': 'cycle',
  'freeze-r': 'r',
  direction: 'direction',
};

/** In the words of the options what the method's own rules say in the page's. @throws BadRequest */
export function refuseForMethod(args: Arguments, settings: TrainSettings): void {
  const { method, variant } = settings;
  const how = args.has('no-diffusion')
    ? '--no-diffusion'
    : args.text('method') === undefined
      ? `${withArticle(method)} model to start from`
      : `--method ${method}`;
  const needs = neededOf(method, variant);
  for (const [name, key] of Object.entries(SWITCHES))
    if (isGiven(args, name) && needs[key] !== undefined && needs[key] !== variant[key])
      throw new BadRequest(
        `--${name}: must not be given with ${how}, which ${NEED_TEXTS[key]}; leave out --${name}`,
      );
  if (method === 'resnet' && !variant.adversarial && !variant.cycle)
    throw new BadRequest(
      `--no-adversarial, --no-cycle: must not be given both with ${how}, which has no other terms; leave out one of them`,
    );
}

/**
 * @param start the settings as the model to start from has them
 * @throws BadRequest for an option that says otherwise: the weights are of that chain, that image and that network
 */
export function refuseOtherThanStart(args: Arguments, settings: TrainSettings, start: TrainSettings): void {
  const facts = [
    ['reverse-steps', ({ diffusion }: TrainSettings) => diffusion.steps],
    ['pixel-size', ({ pixelSize }: TrainSettings) => pixelSize],
    [
      'intensity',
      (of: TrainSettings) => [...new Set(SIDES.map((side) => mapOfSide(of, side)))].join(' and '),
    ],
  ] as const;
  for (const [name, of] of facts)
    if (isGiven(args, name) && of(settings) !== of(start))
      throw new BadRequest(
        `--${name}: must be the start model's, ${of(start)}, got ${of(settings)}; leave it out`,
      );
  for (const { id } of otherOptions(settings, start))
    if (isGiven(args, id))
      throw new BadRequest(
        `--${id}: must be the start model's, ${start.options[id]}, got ${settings.options[id]}; leave it out`,
      );
}
