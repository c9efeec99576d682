/** What the page uses of the engine beside its client: a pure function of plain data. */
export { provenanceOf } from '../../engine/provenance';
