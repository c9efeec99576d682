/** The choice that was probably meant; null where none is like it. */
export function nearest(word: string, choices: readonly string[]): string | null {
  const begun = choices.filter((choice) => choice.startsWith(word) || word.startsWith(choice));
  if (word !== '' && begun.length === 1) return begun[0];
  const [first] = choices
    .map((choice) => ({ choice, distance: editDistance(word, choice) }))
    .sort((a, b) => a.distance - b.distance);
  return first && first.distance <= Math.max(1, Math.floor(word.length / 3)) ? first.choice : null;
}

/** Letters to put in, take away, change, or exchange with the next (optimal string alignment). */
function editDistance(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const change = one[i - 1] === other[j - 1] ? 0 : 1;
      const steps = [rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + change];
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        steps.push(rows[i - 2][j - 2] + 1);
      row.push(Math.min(...steps));
    }
    rows.push(row);
  }
  return rows[one.length][other.length];
}
