/** The built page over http, compressed where that makes it smaller, under the page's security headers. */
import { createServer } from 'node:http';
import { constants } from 'node:zlib';
import compression from 'compression';
import serveStatic from 'serve-static';

/** The policy stands in index.html too, for servers that send no headers of their own. */
export const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' data: blob:; style-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * A server, not yet listening, of the files in `folder`. Weights and .nii.gz go as they are: their types do not count as
 * compressible, so that their length is known and no browser unpacks a scan on the way.
 */
export function pageServer(folder) {
  const compress = compression({
    // Quality 4, the library's own, is a tenth larger; above 5 a worker takes half a second and more.
    brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } },
  });
  // Checked each time: a build has the same names for other files in weights/ and demo/.
  const files = serveStatic(folder, { cacheControl: false });
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
