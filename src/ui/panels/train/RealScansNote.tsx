/** What the fine-tune on the page's own scans is: whose heads, which of them is scored, what it has gained where it was measured. */
export function RealScansNote() {
  return (
    <p className="dim" data-testid="train-real-note">
      The real scans: the shipped T1w → FLAIR learns the look of another scanner from one head and is scored
      on another patient’s, before and after. Neither patient was trained on; others of the same data set
      were. <a href="#/about">Lesjak et al., Neuroinformatics 2017, CC BY</a>
    </p>
  );
}
