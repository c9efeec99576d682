/** The WebGL backend, 62 kB compressed, loaded where WebGPU is not: it makes itself known to TensorFlow.js. */
import '@tensorflow/tfjs-backend-webgl';
