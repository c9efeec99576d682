import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { kernelsPlugin } from './scripts/kernels.mjs';
import { FIRST_PORT } from './scripts/port.mjs';

const TENSORFLOW_NOTICE =
  '/*! With TensorFlow.js, Copyright Google LLC, Apache License 2.0: http://www.apache.org/licenses/LICENSE-2.0 */';

/** The engine does without, 12 kB compressed in each worker. */
const THREADED_WASM = /^\.\.\/wasm-out\/tfjs-backend-wasm-threaded-simd(\.worker)?\.js$/;

/** 66 kB compressed in each worker, and a third of what a test imports. */
const NOT_OF_TFJS = /^@tensorflow\/tfjs-(layers|data|converter|backend-webgl)$/;

const lessOfTfjs: Plugin = {
  name: 'less-of-tfjs',
  enforce: 'pre',
  resolveId: (source, importer) =>
    NOT_OF_TFJS.test(source) && importer?.includes('@tensorflow/tfjs/dist/')
      ? join(import.meta.dirname, 'src/platform/browser/notOfTfjs.ts')
      : null,
};

/** WGSL lies in the code as text, which no minifier touches: indentation and comments are 7 kB compressed of it. */
const WITH_WGSL = /tfjs-backend-webgpu[\\/]dist[\\/]|src[\\/]engine[\\/]kernels[\\/]webgpu[\\/]/;
const shorterWgsl: Plugin = {
  name: 'shorter-wgsl',
  enforce: 'pre',
  transform: (code, id) => (WITH_WGSL.test(id) ? code.replace(/(\n[ \t]*(\/\/.*)?)+/g, '\n') : null),
};

const PLAIN_TESTS = ['src/volume/**/*.test.ts', 'src/ui/**/*.test.{ts,tsx}'];

/** What starts the engine in ways of its own, replaces modules or globals, loads drivers, or takes long: each file in a process of its own. */
const APART_TESTS = [
  'scripts/*.test.mjs',
  'src/**/*.{gpu,slow}.test.ts',
  'src/{platform,workers,engine/backend}/**/*.test.ts',
  'src/engine/kernels/webgpu/**/*.test.ts',
  'src/engine/kernels/wasm/threads.test.ts',
  'src/engine/readStyle.test.ts',
  'src/cli/translate/sameJob.test.ts',
];

/** Tests of minutes: begun last, one of them would keep one core busy and leave the others idle. */
const LONG_TESTS = /\.(slow|gpu)\.test\.ts$/;

class LongTestsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG_TESTS.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** The development server writes inline scripts and styles into the page, which its policy forbids. */
const withoutPolicyInDevelopment: Plugin = {
  name: 'without-policy-in-development',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace(/<meta[^>]*Content-Security-Policy[^>]*>/, ''),
};

export default defineConfig({
  // The page knows its files by their place beside it, so that it can be hosted in any folder of a server.
  base: './',
  plugins: [
    react(),
    withoutPolicyInDevelopment,
    kernelsPlugin(import.meta.dirname),
    ...(process.env.VITEST ? [lessOfTfjs] : []),
  ],
  // As scripts/start.mjs: threads share memory on isolated pages alone.
  server: {
    port: FIRST_PORT,
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
  worker: {
    format: 'es',
    plugins: () => [lessOfTfjs, shorterWgsl, kernelsPlugin(import.meta.dirname)],
    rolldownOptions: {
      // TensorFlow.js's optimizers by their names, for stored models of layers; 4 kB.
      treeshake: { manualPureFunctions: ['registerOptimizers'] },
      // TensorFlow.js repeats its notice in each of 1400 files.
      output: { comments: false, postBanner: TENSORFLOW_NOTICE },
    },
  },
  // Found late, in the worker, they would make the development page reload in the middle of its first start.
  optimizeDeps: {
    include: [
      '@tensorflow/tfjs',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-webgl',
      '@tensorflow/tfjs-backend-webgpu',
      'nifti-reader-js',
      'protobufjs/light',
    ],
    // It looks for its wasm files beside itself; the Bench room compares it in development.
    exclude: ['onnxruntime-web'],
  },
  // Two copies of tfjs-core would each have an own engine; `module` before `main` makes all tfjs packages take the same one.
  // Only the page wants `browser` besides: it leaves out what TensorFlow.js does in Node, an own fetch of 78 kB compressed.
  resolve: {
    mainFields: [...(process.env.VITEST ? [] : ['browser']), 'module', 'main'],
    alias: [
      {
        find: THREADED_WASM,
        replacement: join(import.meta.dirname, 'src/platform/browser/noThreadedWasm.ts'),
      },
    ],
  },
  // dist/cli beside it holds the command line.
  build: { outDir: 'dist/app', target: 'es2022', chunkSizeWarningLimit: 2500, assetsInlineLimit: 0 },
  test: {
    projects: [
      // They share what they import, which would take longer than the tests: TensorFlow.js is 1,400 files.
      { extends: true, test: { name: 'plain', include: PLAIN_TESTS, isolate: false } },
      {
        extends: true,
        test: {
          name: 'engine',
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: [...configDefaults.exclude, ...PLAIN_TESTS, ...APART_TESTS],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'apart', include: APART_TESTS } },
    ],
    environment: 'node',
    setupFiles: ['test/typedArrays.ts'],
    testTimeout: 120_000,
    // Vitest's own number is one less than there are cores: one of two.
    maxWorkers: '100%',
    sequence: { sequencer: LongTestsFirst },
    server: { deps: { inline: [/@tensorflow/] } },
  },
});
