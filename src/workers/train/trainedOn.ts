/** What a model's card says of the scans behind it: counts, not names, for names can tell of people. */
import { counted } from '../../engine/counted';
import type { CheckpointIndex } from '../../engine/training/checkpoint';
import { OWN_LICENCE } from '../../engine/training/exportModel';
import { isUnconditional } from '../../engine/training/variant';
import { readName } from '../../volume/names';
import { OF_IMAGE } from '../../volume/pairing';

type TrainedOn = Pick<CheckpointIndex, 'settings' | 'volumes'>;

/** Scans that are not the user's own, by what all their names begin with. */
const KNOWN = [
  {
    begins: 'phantom',
    data: 'digital phantoms (simulated, no real anatomy)',
    licence: OWN_LICENCE,
  },
  {
    begins: 'sub-openmsl',
    data: 'open_ms_data, longitudinal (Lesjak et al., Neuroinformatics 2017)',
    licence: 'CC BY (open_ms_data, longitudinal)',
  },
];

const known = ({ volumes: { trainA, trainB } }: TrainedOn) =>
  KNOWN.find(({ begins }) => [...trainA, ...trainB].every((name) => name.startsWith(begins)));

export function dataText(run: TrainedOn): string {
  const { a, b } = run.settings.contrasts;
  const { trainA, trainB } = run.volumes;
  const kind = known(run)?.data ?? "scans of this page's user";
  const second = isUnconditional(run.settings.variant)
    ? ''
    : ` and ${trainB.length} of ${b}${kindOf(trainB)}`;
  return `${kind}: ${counted(trainA.length, 'volume')} of ${a}${kindOf(trainA)}${second}`;
}

/** Which images these are, as far as all names tell it alike: their acquisition and the like, and the volume of their files. */
function kindOf(names: readonly string[]): string {
  const [first = '', ...others] = names;
  const { entities } = readName(first.replace(VOLUME, ''));
  const alike = Object.entries(entities).filter(
    ([key, value]) =>
      OF_IMAGE.has(key) && others.every((name) => readName(name.replace(VOLUME, '')).entities[key] === value),
  );
  const volume = VOLUME.exec(first)?.[0];
  const told = [
    ...alike.map(([key, value]) => `${key}-${value}`),
    ...(volume !== undefined && others.every((name) => name.endsWith(volume)) ? [volume.slice(2, -1)] : []),
  ];
  return told.length > 0 ? ` (${told.join(', ')})` : '';
}

/** As `nameOfVolume` writes it. */
const VOLUME = / \(volume \d+\)$/;

export const dataLicence = (run: TrainedOn): string => known(run)?.licence ?? OWN_LICENCE;
