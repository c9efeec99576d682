/** What the page sums up of the slices' scores: pure functions of plain data. */
export { meanScore } from '../../engine/evaluation/metrics/meanScore';
export { missingText } from '../../engine/evaluation/missingText';
