import { useState } from 'react';
import { scanStem } from '../../../../volume/formats/names';
import { download } from '../../../download';
import { useApp, useGetState } from '../../../state/StoreContext';
import { panesToPng } from '../../../viewer/savePng';
import { chosenCard, currentResults, makesHu } from '../state/selectors';
import { sliceView } from '../state/slices';
import { panesOf, showsImage } from './panes';
import { paneInput } from './usePanes';

/** Files to take away: the volume with its sidecar, or a picture of the panes. */
export function SavePanel() {
  const done = useApp((s) => currentResults(s)?.made.slices.size ?? 0);
  const hasPicture = useApp((s) => {
    const input = paneInput(s);
    return input !== null && showsImage(input);
  });
  const saving = useApp((s) => s.saving);
  const getState = useGetState();
  const isHu = useApp((s) => makesHu(chosenCard(s)));
  const [chosen, setDtype] = useState<'float32' | 'int16' | null>(null);
  // HU are whole numbers by custom.
  const dtype = chosen ?? (isHu ? 'int16' : 'float32');
  const { save, notify } = useApp((s) => s.actions);

  const savePng = async () => {
    const input = paneInput(getState());
    if (!input) return;
    const panes = panesOf(input);
    const { windows } = getState().view;
    const { edges } = sliceView(input.source);
    const shown = panes.flatMap(({ title, badge, image, group, colormap }) =>
      image ? [{ title, badge, image, window: windows[group], colormap, edges }] : [],
    );
    try {
      const png = await panesToPng(shown);
      download(`${scanStem(input.source.name)}_slice-${input.slice}.png`, png, 'image/png');
    } catch (error) {
      notify('error', `Picture: could not be made, got ${String(error)}; try again.`);
    }
  };

  return (
    <section className="panel" aria-label="Save">
      <h2>Save</h2>
      <div className="save-row">
        <select
          aria-label="Data type of the image"
          value={dtype}
          onChange={(event) => setDtype(event.target.value === 'int16' ? 'int16' : 'float32')}
        >
          <option value="float32">float32</option>
          <option value="int16">{isHu ? 'int16, HU' : 'int16, scaled'}</option>
        </select>
        <button
          type="button"
          className="button"
          data-testid="save-nifti"
          disabled={done === 0 || saving !== null}
          onClick={() => void save(dtype)}
        >
          {saving === null ? 'Image + sidecar' : `Writing… ${Math.floor(100 * saving)} %`}
        </button>
        <button
          type="button"
          className="button"
          data-testid="save-png"
          disabled={!hasPicture}
          onClick={() => void savePng()}
        >
          PNG of the panes
        </button>
      </div>
      <p className="dim num">
        {done === 0
          ? 'The volume can be saved once a slice is translated.'
          : `${done} ${done === 1 ? 'slice' : 'slices'}; the others are ${isHu ? 'air' : 'zero'}. On the source's grid, marked synthetic.`}
      </p>
    </section>
  );
}
