/** In place of the WebGL backend where TensorFlow.js would bring it at once: engine/backend/webgl.ts loads it when it is wanted. */
export const version_webgl = '';
