/**
 * In place of what TensorFlow.js would bring at once and nothing here uses: its layers, data sets and converter, and its WebGL backend, which
 * engine/backend/webgl.ts loads when it is wanted.
 */
export const version_layers = '';
export const version_data = '';
export const version_converter = '';
export const version_webgl = '';
