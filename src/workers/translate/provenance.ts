/** What the page uses of the engine beside its client: pure functions of plain data. */
export { hasStyle, MEAN_STYLE } from '../../engine/meanStyle';
export { previewCard } from '../../engine/methods/preview';
export { provenanceOf } from '../../engine/provenance';
