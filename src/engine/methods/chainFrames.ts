/** Of a chain the images that are shown: the noise and all steps of a short one, every eighth part of the way of a long one. */

const PARTS = 8;

export function chainFrames(steps: number): readonly { image: number; label: string }[] {
  const parts = Math.min(PARTS, steps);
  return Array.from({ length: parts + 1 }, (_, n) => {
    const image = Math.round((n * steps) / parts);
    return { image, label: n === 0 ? 'noise' : `step ${image} of ${steps}` };
  });
}
