/** What a model's card says of the scans behind it: counts, not names, for names can tell of people. */
import type { CheckpointIndex } from '../../engine/training/checkpoint';
import { OWN_LICENCE } from '../../engine/training/exportModel';

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
  return `${kind}: ${trainA.length} volumes of ${a} and ${trainB.length} of ${b}`;
}

export const dataLicence = (run: TrainedOn): string => known(run)?.licence ?? OWN_LICENCE;
