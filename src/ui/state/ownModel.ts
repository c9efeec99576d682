/** The form in which a user says what own weights are: text fields, and the settings they stand for. */
import type { CustomSettings, IntensityMapName, ModelCard } from '../../workers/protocol';
import { knownContrast } from './selectors';

export interface OwnModelForm {
  source: string;
  target: string;
  /** mm. */
  pixelSize: string;
  /** Pixels. */
  size: string;
  intensity: IntensityMapName;
}

/** What the card says now; empty where it does not know. */
export function formOf(card: ModelCard): OwnModelForm {
  const { pixelSize, size, intensity } = card.preprocessing;
  return {
    source: knownContrast(card, 'source'),
    target: knownContrast(card, 'target'),
    pixelSize: String(Number(pixelSize.toFixed(4))),
    size: String(size),
    intensity,
  };
}

/** An empty field is left open, for the engine to guess; what is no number becomes NaN, which the engine refuses. */
export function settingsOf(form: OwnModelForm): CustomSettings {
  const text = (value: string) => value.trim() || undefined;
  const number = (value: string) => (value.trim() ? Number(value.replace(',', '.')) : undefined);
  return {
    source: text(form.source),
    target: text(form.target),
    pixelSize: number(form.pixelSize),
    size: number(form.size),
    intensity: form.intensity,
  };
}
