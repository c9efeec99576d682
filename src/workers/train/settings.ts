/**
 * What the page uses of the engine's training settings: pure functions of plain data, without tensors. The one place where
 * code of the engine, not types alone, comes to the page.
 */
export {
  checkSettings,
  gridOfSide,
  hasR,
  PRESET_NAMES,
  presetSettings,
  SIDES,
  settingsFromCard,
  sideMaps,
  startCourse,
  trainedSize,
  trainsR,
  variantText,
} from '../../engine/training/settings';
