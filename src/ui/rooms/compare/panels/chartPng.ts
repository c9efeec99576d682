/** A chart as PNG, at twice its size so that it is sharp in print. */
const SCALE = 2;

/** @throws Error where the browser cannot draw or encode it */
export async function chartPng(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const sheet = new OffscreenCanvas(SCALE * image.naturalWidth, SCALE * image.naturalHeight);
    const context = sheet.getContext('2d');
    if (!context) throw new Error('chart: a canvas must be available, got none; close some tabs');
    context.drawImage(image, 0, 0, sheet.width, sheet.height);
    return await sheet.convertToBlob({ type: 'image/png' });
  } finally {
    URL.revokeObjectURL(url);
  }
}
