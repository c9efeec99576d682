/** What systems and browsers put into the name of a second copy, where it hides the ending: "x.nii (1).gz", "x.nii - Copy.gz", "x.nii-1.gz". */
const MARK = /(\.[a-z0-9]+)(?: ?\(\d+\)| - copy(?: \(\d+\))?| copy(?: \d+)?|-\d+)(\.gz)?$/i;

/** The name as it was before: "x.nii (1).gz" -> "x.nii.gz". */
export const withoutCopyMark = (name: string): string => name.replace(MARK, '$1$2');
