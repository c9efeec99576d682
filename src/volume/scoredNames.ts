/** What the names of a synthetic image and its reference tell of whether one can be scored against the other. */
import { readName } from './names';
import { contrastOfWord } from './nameWords';
import { samePerson } from './pairing';
import { isSynthetic } from './synthetic';

/** What a synthetic image's sidecar says of it, as far as it does. */
export interface MadeFrom {
  /** The file name of the scan that it was made from. */
  readonly name?: string;
  /** Contrasts, as BIDS suffixes. */
  readonly source?: string;
  readonly target?: string;
}

/** @returns a sentence for each reason to doubt that they are of one person, visit and contrast; none where names tell nothing */
export function scoredNames(synthetic: string, reference: string, made: MadeFrom = {}): string[] {
  const [own, from, real] = [readName(synthetic), readName(made.name ?? ''), readName(reference)];
  const of = (key: 'sub' | 'ses') => [own.entities[key] ?? from.entities[key], real.entities[key]];
  const differ = ([a, b]: (string | undefined)[]) =>
    a !== undefined && b !== undefined && samePerson(a) !== samePerson(b);
  const texts: string[] = [];
  const [subjects, visits] = [of('sub'), of('ses')];
  if (differ(subjects))
    texts.push(
      `${reference}: is of another person by its name (sub-${subjects[1]}) than the synthetic image (sub-${subjects[0]}); score against a scan of the same one`,
    );
  else if (differ(visits))
    texts.push(
      `${reference}: is of another visit by its name (ses-${visits[1]}) than the synthetic image (ses-${visits[0]}); score against a scan of the same one`,
    );
  if (real.isLabel)
    return [...texts, `${reference}: is a mask or a label by its name, no scan; score against a scan`];
  if (isSynthetic(reference))
    texts.push(`${reference}: is made by this program, by its name; score against a scan`);
  const wanted = made.target ?? own.contrast;
  if (wanted && real.contrast && plain(wanted) !== plain(real.contrast)) {
    const isSource = made.source !== undefined && plain(made.source) === plain(real.contrast);
    texts.push(
      `${reference}: is ${real.contrast} by its name${isSource ? ', which the synthetic image was made from' : ''}, and the synthetic image is ${wanted}; score against a scan of ${wanted}`,
    );
  }
  return texts;
}

/** One writing of a contrast: "t1" and "T1w" are one. */
const plain = (contrast: string): string => (contrastOfWord(contrast) ?? contrast).toLowerCase();
