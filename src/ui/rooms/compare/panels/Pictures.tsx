import { useMemo, useState } from 'react';
import { Sheet } from '../../../components/Sheet';
import { useApp } from '../../../state/StoreContext';
import { ColorScale } from '../../../viewer/ColorScale';
import type { SliceImage } from '../../../viewer/types';
import { DIFFERENCES, type GridColumn, NOT_MADE, pictureGrid } from '../state/pictureGrid';
import { shownPlace, shownSlices } from '../state/selectors';
import { Picture, shapeOf } from './Picture';
import '../../../components/grayImage.css';
import '../../../viewer/viewer.css';

/** Slice by slice: source, each model, the real image; under them how far each is from it. */
export function Pictures() {
  const compare = useApp((s) => s.compare);
  const { made, asked, shown } = compare;
  const isRunning = compare.run !== null;
  const { show } = useApp((s) => s.actions.compare);
  const [enlarged, setEnlarged] = useState<string | null>(null);
  const found = useMemo(() => {
    const place = shownPlace({ ...compare, made, shown });
    if (!place || !asked) return null;
    return { place, slices: shownSlices({ ...compare, made }), columns: pictureGrid({ made }, asked, place) };
    // What is shown depends on these alone: progress changes the rest with every step.
  }, [made, asked, shown]);
  if (!found)
    return (
      <p className="dim">
        {isRunning
          ? 'Pictures come with the first slice of a model.'
          : 'No pictures: they went with their scans, or no model made any.'}
      </p>
    );
  const { place, slices, columns } = found;
  const own = slices.get(place.pairId)!;
  const like = columns.find(({ image }) => image)?.image?.image;
  const large = columns.find(({ id }) => id === enlarged);
  return (
    <section className="compare-pictures" aria-label="Pictures">
      <header className="compare-pictures-head">
        <h2>Pictures</h2>
        {slices.size > 1 && (
          <select
            aria-label="Scan"
            value={place.pairId}
            onChange={({ target }) => {
              const all = slices.get(target.value)!;
              show(target.value, all[Math.floor(all.length / 2)]);
            }}
          >
            {[...slices.keys()].map((pairId) => (
              <option key={pairId}>{pairId}</option>
            ))}
          </select>
        )}
        <span className="dim num compare-scale" title="In parts of the data range, the same for all">
          Differences from the real image <ColorScale colormap="heat" window={DIFFERENCES} />
        </span>
        <label className="slider compare-slices">
          <span className="num">
            Slice {place.index} ({own.indexOf(place.index) + 1} of {own.length})
          </span>
          <input
            type="range"
            aria-label="Slice"
            aria-valuetext={`slice ${place.index}`}
            min={0}
            max={own.length - 1}
            value={own.indexOf(place.index)}
            onChange={({ target }) => show(place.pairId, own[target.valueAsNumber])}
          />
        </label>
      </header>
      <div className="wide-scroll">
        <div
          className="compare-grid"
          data-testid="compare-grid"
          style={{ '--columns': columns.length } as React.CSSProperties}
        >
          {columns.map((column) => (
            <Column key={column.id} column={column} like={like} onEnlarge={() => setEnlarged(column.id)} />
          ))}
        </div>
      </div>
      {large && (
        <Sheet
          title={`${large.title}, ${place.pairId}, slice ${place.index}`}
          onClose={() => setEnlarged(null)}
        >
          <div className="compare-large">
            {large.image && <Picture pane={large.image} letters />}
            {large.difference && <Picture pane={large.difference} letters />}
          </div>
        </Sheet>
      )}
    </section>
  );
}

function Column({
  column: { title, image, difference },
  like,
  onEnlarge,
}: {
  column: GridColumn;
  /** Of whose shape is the place of an image that is not made. */
  like?: SliceImage;
  onEnlarge: () => void;
}) {
  return (
    <figure className="compare-column">
      <figcaption data-kind={image?.badge ? 'synthetic' : undefined} title={title}>
        {title}
      </figcaption>
      {image ? (
        <button type="button" className="compare-enlarge" aria-label={`Enlarge ${title}`} onClick={onEnlarge}>
          <Picture pane={image} letters />
        </button>
      ) : (
        <p className="no-image dim" style={like && { aspectRatio: shapeOf(like) }}>
          {NOT_MADE}
        </p>
      )}
      {difference && (
        <button
          type="button"
          className="compare-enlarge"
          aria-label={`Enlarge the difference of ${title}`}
          onClick={onEnlarge}
        >
          <Picture pane={difference} letters={false} />
        </button>
      )}
    </figure>
  );
}
