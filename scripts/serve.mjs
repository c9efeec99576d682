/** The built page over http, compressed where that makes it smaller, under the page's security headers. */
import { createServer } from 'node:http';
import { constants } from 'node:zlib';
import compression from 'compression';
import serveStatic from 'serve-static';

/**
 * The policy stands in index.html too, for servers that send no headers of their own; but for `frame-ancestors`, which counts in a
 * header alone. docs/HOSTING.md has these for other servers.
 */
export const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' data: blob:; style-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
};

/**
 * A server, not yet listening, of the files in `folder`. Weights and .nii.gz go as they are: their types do not count as
 * compressible, so that their length is known and no browser unpacks a scan on the way.
 */
export function pageServer(folder) {
  const compress = compression({
    // Quality 4, the library's own, is a tenth larger; above 5 a worker takes half a second and more.
    brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } },
    // A part is counted in bytes of the file as it is.
    filter: (request, response) => response.statusCode !== 206 && compression.filter(request, response),
  });
  // Checked each time: a build has the same names for other files in weights/ and demo/. What is no file is not there: no
  // folder's list or other address, and never the page in its place.
  const files = serveStatic(folder, { cacheControl: false, redirect: false, fallthrough: false });
  return createServer((request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    response.setHeader('Cache-Control', 'no-cache');
    compress(request, response, () =>
      files(request, response, (error) => {
        response.statusCode = error?.statusCode ?? 404;
        response.end();
      }),
    );
  });
}
