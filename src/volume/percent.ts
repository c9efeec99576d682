/** A share as people read it: "2.0 %". @param less the word for what is hardly anything, at the beginning of a sentence "Less" */
export function percent(share: number, less = 'less'): string {
  return share < 0.001 ? `${less} than 0.1 %` : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
