// Where warm-up ends. MSER-5 (K. P. White, "An effective truncation heuristic for bias reduction in simulation output",
// Simulation 69(6), 1997): average the series in groups of five, then cut where the standard error of what remains,
// estimated as variance / length, is smallest. Cuts beyond half of the series are refused: such a run never settled,
// and saying so is better than keeping a stub of it.

export interface WarmUp {
  /** Observations to leave out, a multiple of the group size. */
  readonly cut: number;
  /** False when the smallest standard error lies at the edge of the refused half: the series had not settled. */
  readonly settled: boolean;
}

/** The MSER cut of a series with groups of `group` observations. */
export function mserCut(values: readonly number[], group = 5): WarmUp {
  const groups: number[] = [];
  for (let i = 0; i + group <= values.length; i += group) {
    let sum = 0;
    for (let j = 0; j < group; j++) sum += values[i + j];
    groups.push(sum / group);
  }
  if (groups.length < 4) return { cut: 0, settled: false };
  // Suffix sums walk the cut from the end to the start in one pass. They are taken from the last group's level, since
  // squares of a high level would drown the noise around it, and a flat series would be all rounding.
  const level = groups[groups.length - 1];
  let sum = 0;
  let squares = 0;
  let best = Number.POSITIVE_INFINITY;
  let bestCut = 0;
  const half = Math.floor(groups.length / 2);
  for (let cut = groups.length - 1; cut >= 0; cut--) {
    sum += groups[cut] - level;
    squares += (groups[cut] - level) ** 2;
    if (cut > half) continue;
    const length = groups.length - cut;
    const error = (squares - sum ** 2 / length) / length ** 2;
    // At a tie the earlier cut keeps more of the run.
    if (error <= best + Math.abs(best) * 1e-12) {
      best = error;
      bestCut = cut;
    }
  }
  return { cut: bestCut * group, settled: bestCut < half };
}
