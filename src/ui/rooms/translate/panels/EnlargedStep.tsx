import { useMemo, useState } from 'react';
import type { ScreenImage } from '../../../../volume/modelImage';
import { PLANE_EDGES } from '../../../../volume/planes';
import type { SliceResult } from '../../../../workers/translate/protocol';
import { LateSliceView } from '../../../viewer/LateSliceView';
import type { Probe, SliceImage, ViewTransform, WindowLevel } from '../../../viewer/types';

const FIT: ViewTransform = { zoom: 1, pan: { x: 0, y: 0 } };
const FULL: WindowLevel = { center: 0, width: 2 };

/** One frame of the reverse chain, large, in the model's own range [-1, 1]. */
export function EnlargedStep({ strip, selected }: { strip: SliceResult['strip']; selected: number }) {
  const [window, setWindow] = useState(FULL);
  const [transform, setTransform] = useState(FIT);
  const [probe, setProbe] = useState<Probe>(null);
  const image = useMemo(() => paneImage(strip.frames[selected]), [strip, selected]);
  return (
    <div className="strip-enlarged">
      <LateSliceView
        label={strip.labels[selected]}
        image={image}
        empty=""
        title={strip.labels[selected]}
        badge="Synthetic"
        edges={PLANE_EDGES.axial}
        window={window}
        transform={transform}
        probe={probe}
        onProbe={setProbe}
        onWindow={setWindow}
        onTransform={setTransform}
        onSliceStep={() => undefined}
        onReset={() => {
          setWindow(FULL);
          setTransform(FIT);
        }}
      />
    </div>
  );
}

/** Panes count rows from the bottom. */
function paneImage({ size, pixels }: ScreenImage): SliceImage {
  const upwards = (_: unknown, at: number) => pixels[at + (size - 1 - 2 * Math.floor(at / size)) * size];
  return {
    pixels: Float32Array.from(pixels, upwards).map((byte) => byte / 127.5 - 1),
    width: size,
    height: size,
    spacing: [1, 1],
    min: -1,
    max: 1,
  };
}
