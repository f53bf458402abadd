// Does the system keep up? Percentiles of a queue that grows without end describe the length of the run and nothing
// else, so the verdict comes before any percentile.
//   stable      work in progress stays level
//   backlogged  it grew for a while and stands high at the end, or a station runs at its limit
//   overloaded  it grew through the whole measured time: more comes in than can go out

export type Saturation = "stable" | "backlogged" | "overloaded";

export interface SaturationInput {
  /** Mean work in progress per period of the measured time. */
  readonly inProgress: readonly number[];
  readonly arrivals: number;
  readonly completions: number;
  /** Highest utilisation of any station over the measured time, 0–1. */
  readonly peakUtilisation: number;
}

/**
 * Classifies a run. Growth counts when the last third holds twice the first third, and more than it by 1 % of a
 * period's arrivals. It is overload when it went on from third to third, however high it began (the warm-up may have
 * been cut off an overload too), and accounts for the arrivals that were not completed, which are more than 1 %.
 */
export function saturationVerdict(input: SaturationInput): Saturation {
  const { inProgress, arrivals, completions } = input;
  const third = Math.floor(inProgress.length / 3);
  if (third === 0 || arrivals === 0) return input.peakUtilisation >= 0.98 ? "backlogged" : "stable";
  const mean = (from: number, to: number) => {
    let sum = 0;
    for (let i = from; i < to; i++) sum += inProgress[i];
    return sum / (to - from);
  };
  const first = mean(0, third);
  const middle = mean(third, 2 * third);
  const last = mean(inProgress.length - third, inProgress.length);
  const growth = last - first;
  const unfinished = arrivals - completions;
  // Of a steady growth each step is a half, of a growth with the cube of time the first is still a fifth.
  const goesOn = Math.min(middle - first, last - middle) > growth / 5;
  if (goesOn && unfinished > 0.01 * arrivals && growth > unfinished / 2) return "overloaded";
  const grows = last > 2 * first && growth > 0.01 * (arrivals / inProgress.length);
  if (grows || input.peakUtilisation >= 0.98) return "backlogged";
  return "stable";
}
