import { useState } from 'react';
import type { Score, ScorePair } from '../../../../workers/translate/protocol';
import { RegionChoice, type ScoreRegion } from '../../../components/RegionChoice';
import { useApp } from '../../../state/StoreContext';
import {
  chosenCard,
  currentRecipe,
  currentResults,
  dataRangeText,
  huPerUnit,
  meanScore,
  missingText,
  referenceWarning,
} from '../state/selectors';
import { ScoreCurve } from './ScoreCurve';

const NO_SCORES: ReadonlyMap<number, ScorePair> = new Map();

/** Synthetic against reference, and what a plain copy of the source would score: the figure to beat. */
export function ScoresPanel() {
  const hasReference = useApp((s) => s.reference !== null);
  const scores = useApp((s) => currentResults(s)?.scores ?? NO_SCORES);
  const made = useApp((s) => currentResults(s)?.made.slices.size ?? 0);
  const count = useApp((s) => s.source?.shape[2] ?? 0);
  const hu = useApp((s) => huPerUnit(chosenCard(s)));
  const range = useApp(dataRangeText);
  const doubt = useApp(referenceWarning);
  const [region, setRegion] = useState<ScoreRegion>('foreground');
  // Not the slice itself: without scores a step through the slices renders nothing here.
  const here = useApp((s) => currentResults(s)?.scores.get(s.view.slice));
  const mean = meanScore(scores, 'synthetic', region);
  const copy = meanScore(scores, 'copy', region);
  const missing = missingText(scores);
  const preview = useApp((s) => currentRecipe(s)?.previewOf !== undefined);
  return (
    <section className="panel" aria-label="Scores" data-testid="scores" data-scored={hasReference}>
      <header className="panel-head">
        <h2>Scores</h2>
        <RegionChoice value={region} onChange={setRegion} />
      </header>
      <table className="figures num">
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Of</span>
            </th>
            <th scope="col">PSNR dB</th>
            <th scope="col">SSIM %</th>
            <th scope="col">{hu ? 'MAE HU' : 'MAE'}</th>
          </tr>
        </thead>
        <tbody>
          <ScoreRow name="This slice" score={here?.synthetic[region] ?? null} hu={hu} />
          <ScoreRow name={mean ? `Mean of ${mean.n}` : 'Mean'} score={mean} hu={hu} />
          <ScoreRow
            name="Source copied"
            title="Mean of the same slices if the source were taken as it is, untranslated: the figure to beat"
            score={copy}
            hu={hu}
          />
        </tbody>
      </table>
      {doubt && <p className="warning">{doubt}</p>}
      {scores.size > 0 && <p className="dim">{range}</p>}
      {missing && <p className="dim">{missing}</p>}
      {hasReference && mean ? (
        <ScoreCurve scores={scores} region={region} count={count} />
      ) : (
        <p className="dim">
          {!hasReference
            ? 'Drop the real target contrast as reference to score against it.'
            : preview
              ? 'A preview is not what the model makes by all its steps, and is not scored: switch Preview off under Model, and translate again.'
              : made > scores.size
                ? 'Scoring…'
                : made > 0
                  ? 'No slice has a score here.'
                  : 'Scores come with the first translated slice.'}
        </p>
      )}
    </section>
  );
}

function ScoreRow({
  name,
  title,
  score,
  hu,
}: {
  name: string;
  title?: string;
  score: Score | null;
  hu: number | null;
}) {
  return (
    <tr>
      <th scope="row" title={title}>
        {name}
      </th>
      <td title={score?.psnr === null ? 'Identical to the reference: no number of dB' : undefined}>
        <span className="steady">{score ? (score.psnr?.toFixed(2) ?? 'equal') : '–'}</span>
      </td>
      <td>
        <span className="steady">{score ? (100 * score.ssim).toFixed(1) : '–'}</span>
      </td>
      <td>
        <span className="steady">
          {score ? (hu ? (hu * score.mae).toFixed(1) : score.mae.toFixed(3)) : '–'}
        </span>
      </td>
    </tr>
  );
}
