import { shortName } from '../../plainText';
import './cutName.css';

/** So many letters at the end stay, where the contrast stands: "_FLAIR.nii.gz". */
const END = 16;

/** The name of a file on one line, cut in its middle where there is no room for all of it. */
export function CutName({ name, title = name }: { name: string; title?: string }) {
  const letters = [...shortName(name)];
  return (
    <p className="cut-name" title={title}>
      <span>{letters.slice(0, -END).join('')}</span>
      <span>{letters.slice(-END).join('')}</span>
    </p>
  );
}
