// "Did you mean": the closest of the allowed words, if one is close.

/** Edit distance with transpositions counting once, up to `limit` (beyond it: limit + 1). */
export function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1;
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + cost);
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        next[j] = Math.min(next[j], before[j - 2] + 1);
      }
    }
    before = row;
    row = next;
  }
  return row[right.length];
}

/** The closest word, or null when none is close enough to be meant. A dotted name may lack its beginning. */
export function closest(word: string, allowed: readonly string[]): string | null {
  const lower = word.toLowerCase();
  const tail = allowed.find(one => one.toLowerCase().endsWith(`.${lower}`));
  if (tail !== undefined) return tail;
  const limit = Math.max(1, Math.min(4, Math.floor(word.length / 3)));
  let best: string | null = null;
  let bestDistance = limit + 1;
  for (const candidate of allowed) {
    const distance = editDistance(lower, candidate.toLowerCase(), limit);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** "; did you mean X?" or nothing. */
export function didYouMean(word: string, allowed: readonly string[]): string {
  const best = closest(word, allowed);
  return best === null ? "" : `; did you mean «${best}»?`;
}
