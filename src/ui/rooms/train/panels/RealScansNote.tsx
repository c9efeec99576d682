/** What the fine-tune on the page's own scans is: whose heads, which of them is scored, and what it gained where it was measured. */
export function RealScansNote() {
  return (
    <p className="dim" data-testid="train-real-note">
      The real scans: the shipped T1w → FLAIR learns the look of another scanner from one head (openmsl03s2)
      and is scored on another patient’s (openmsl12s1), before and after. Measured: 4.6 dB better on the
      foreground, mostly outside of the brain, for a quarter of an hour of one CPU core. The model was trained
      on neither patient, but on others of the same data set. Lesions it does not learn.{' '}
      <a href="#/about">Lesjak et al., Neuroinformatics 2017, CC BY</a>
    </p>
  );
}
