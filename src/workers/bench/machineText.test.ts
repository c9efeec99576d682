import { expect, it } from 'vitest';
import { machineText } from './machineText';

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0';

it.each([
  [`${CHROME} Safari/537.36`, 8, 'Chromium 140 with 8 cores'],
  [`${CHROME} Safari/537.36 Edg/139.0.0.0`, 1, 'Edge 139 with 1 core'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0', undefined, 'Firefox 142'],
  [
    'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
    4,
    'Safari 18.1 with 4 cores',
  ],
  ['curl', undefined, 'an unknown browser'],
])('%s', (userAgent, cores, expected) => {
  expect(machineText(userAgent, cores)).toBe(expected);
});
