/** What the page uses of the bench of experiments: pure functions of plain data. */
export { mapsText, taskText } from '../../engine/bench/bench';
export { chartSvg } from '../../engine/bench/chartSvg';
export { AWAITED } from '../../engine/bench/rows';
export { bestRows } from '../../engine/bench/suiteReport';
export { tablesCsv, valueText } from '../../engine/bench/tableText';
export { isUnconditionalModel } from '../../engine/unconditional';
