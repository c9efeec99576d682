/** What a browser tells of itself and its machine, but for the GPU: "Chromium 140 with 8 cores". */
export function machineText(userAgent: string, cores: number | undefined): string {
  const browser = browserOf(userAgent);
  return cores ? `${browser} with ${cores} ${cores === 1 ? 'core' : 'cores'}` : browser;
}

/** In this order: Edge names Chrome, too, and Chrome Safari. */
const BROWSERS: readonly [name: string, version: RegExp][] = [
  ['Edge', /Edg\/(\d+)/],
  ['Firefox', /Firefox\/(\d+)/],
  ['Chromium', /Chrome\/(\d+)/],
  ['Safari', /Version\/(\d+(?:\.\d+)?) .*Safari/],
];

function browserOf(userAgent: string): string {
  for (const [name, version] of BROWSERS) {
    const found = version.exec(userAgent);
    if (found) return `${name} ${found[1]}`;
  }
  return 'an unknown browser';
}
