/** What the page uses of the engine beside its client: pure functions of plain data. */
export { sameContrastText } from '../../engine/cards/sameContrast';
export { previewCard } from '../../engine/methods/preview';
export { provenanceOf } from '../../engine/provenance';
export {
  GIVEN_STYLE,
  hasStyle,
  hasStyleEncoder,
  isDrawn,
  isFixedStyle,
  MEAN_STYLE,
  refuseStyleScan,
} from '../../engine/style';
export { styleNameWarning } from '../../engine/styleName';
