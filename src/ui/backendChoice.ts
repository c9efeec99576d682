import type { BackendChoice } from './state/types';

export const BACKEND_CHOICES: readonly BackendChoice[] = ['auto', 'webgpu', 'webgl', 'wasm', 'cpu'];

/** The backend that the address asks for: "?backend=wasm" -> "wasm"; "auto" without or with an unknown one. */
export function backendOfQuery(search: string): BackendChoice {
  const asked = new URLSearchParams(search).get('backend');
  return BACKEND_CHOICES.find((choice) => choice === asked) ?? 'auto';
}
