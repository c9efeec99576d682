import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** The headers under which the page is served; the same policy stands in index.html for plain file servers. */
export const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' data: blob:; style-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** The development server writes inline scripts and styles into the page, which its policy forbids. */
const withoutPolicyInDevelopment: Plugin = {
  name: 'without-policy-in-development',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace(/<meta[^>]*Content-Security-Policy[^>]*>/, ''),
};

export default defineConfig({
  plugins: [react(), withoutPolicyInDevelopment],
  server: { port: 5173, strictPort: true },
  preview: { port: 5173, strictPort: true, headers: SECURITY_HEADERS },
  worker: { format: 'es' },
  // Found late, in the worker, they would make the development page reload in the middle of its first start.
  optimizeDeps: {
    include: [
      '@tensorflow/tfjs',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-webgpu',
      'nifti-reader-js',
    ],
  },
  // Two copies of tfjs-core would each have an own engine; these fields make all tfjs packages take the same one.
  resolve: { mainFields: ['module', 'main'] },
  // dist/cli beside it holds the command line.
  build: { outDir: 'dist/app', target: 'es2022', chunkSizeWarningLimit: 2500, assetsInlineLimit: 0 },
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
    environment: 'node',
    testTimeout: 120_000,
    server: { deps: { inline: [/@tensorflow/] } },
  },
});
