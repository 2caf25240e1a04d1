/** The candidate that was most likely meant by a misspelt word, or null if none is near. */
export function suggest(word: string, candidates: readonly string[]): string | null {
  const lower = word.toLowerCase();
  const sameLetters = candidates.find((candidate) => candidate.toLowerCase() === lower);
  if (sameLetters !== undefined) return sameLetters;
  let best: string | null = null;
  let fewest = allowedEdits(word) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= fewest) continue;
    const edits = editDistance(lower, candidate.toLowerCase());
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** The hint for an unknown word: `did you mean "post"? columns: subject, visit, post`. */
export function didYouMean(word: string, candidates: readonly string[], what: string): string {
  const shown = candidates.slice(0, shownCandidates).join(", ");
  const hidden = candidates.length - shownCandidates;
  const list = candidates.length === 0 ? `there are no ${what}` : `${what}: ${shown}`;
  const near = suggest(word, candidates);
  return `${near === null ? "" : `did you mean "${near}"? `}${list}${hidden > 0 ? ` and ${hidden} more` : ""}`;
}

const shownCandidates = 12;

/** One edit in every three letters, three at most; a word of one or two letters is near to too many others. */
function allowedEdits(word: string): number {
  return Math.min(3, Math.floor(word.length / 3));
}

/** Damerau and Levenshtein's distance: insertions, deletions, substitutions and swaps of neighbours (each once). */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const substitution = last[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      row[j] = Math.min(substitution, last[j] + 1, row[j - 1] + 1);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[to.length];
}
