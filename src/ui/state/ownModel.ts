/** The form in which a user says what own weights are: text fields, and the settings they stand for. */
import type { CustomSettings, RelativeMap } from '../../workers/translate/protocol';

export interface OwnModelForm {
  source: string;
  target: string;
  /** mm. */
  pixelSize: string;
  /** Pixels. */
  size: string;
  intensity: RelativeMap | '';
}

/** What the user has said; empty where the engine guesses. */
export function formOf({ source, target, pixelSize, size, intensity }: CustomSettings = {}): OwnModelForm {
  return {
    source: source ?? '',
    target: target ?? '',
    pixelSize: String(pixelSize ?? ''),
    size: String(size ?? ''),
    intensity: intensity ?? '',
  };
}

/** What is no number becomes NaN, which the engine refuses. */
export function settingsOf(form: OwnModelForm): CustomSettings {
  const text = (value: string) => value.trim() || undefined;
  const number = (value: string) => (value.trim() ? Number(value.replace(',', '.')) : undefined);
  return {
    source: text(form.source),
    target: text(form.target),
    pixelSize: number(form.pixelSize),
    size: number(form.size),
    intensity: form.intensity || undefined,
  };
}
