// Where nodes become cheaper than a serverless cache: looked for on a grid of loads, then by halving between its points.
//
//   first   the least load at which nodes are cheaper        for good   the load from which on they stay so
// Nodes step, so the lines may cross several times; the claim of an article is about the last.

import type { Factors, Ladder, Priced } from "./ladder.ts";

export interface Crossing {
  /** Requests a second, in the mean. */
  readonly rate: number;
  /** What the serverless cache costs there a month; null: it does not hold there any more, so nodes have no rival. */
  readonly serverlessUsd: number | null;
}

const HALVINGS = 7;

const HIGHEST = 3e6;
/** More keys than that have no numbers. */
const MOST_KEYS = 2 ** 30;

/** Loads as factors, from one request a second to three million, or as many as there can be keys for. */
export function loadGrid(ladder: Ladder, points: number, keys: number): number[] {
  const highest = Math.min(HIGHEST, (MOST_KEYS / Math.max(1, ladder.keys * keys)) * ladder.meanRate);
  return Array.from({ length: points }, (_, i) => highest ** (i / (points - 1)) / ladder.meanRate);
}

export function serverlessOf(priced: readonly Priced[]): number | null {
  const found = priced.filter(one => one.offer.kind === "serverless").map(one => one.monthlyUsd);
  return found.length === 0 ? null : Math.min(...found);
}

/** Negative: the offer is cheaper. Null: one of them does not hold there. */
function difference(priced: readonly Priced[], offer: string): number | null {
  const nodes = priced.find(one => one.offer.name === offer);
  const serverless = serverlessOf(priced);
  if (nodes === undefined) return serverless === null ? null : Number.POSITIVE_INFINITY;
  return serverless === null ? Number.NEGATIVE_INFINITY : nodes.monthlyUsd - serverless;
}

export interface Crossings {
  readonly first: Crossing | null;
  readonly forGood: Crossing | null;
}

/** `rows`: prices at each load of the grid. */
export function crossingsOf(
  ladder: Ladder,
  factors: Omit<Factors, "load">,
  grid: readonly number[],
  rows: readonly (readonly Priced[])[],
  offer: string,
): Crossings {
  let [firstAt, lastAt]: [number | null, number | null] = [null, null];
  rows.forEach((priced, i) => {
    const dearer = difference(priced, offer);
    if (dearer === null) return;
    if (dearer >= 0) lastAt = null;
    else {
      firstAt ??= i;
      lastAt ??= i;
    }
  });
  const refine = (at: number | null): Crossing | null => {
    if (at === null) return null;
    let low = grid[Math.max(0, at - 1)];
    let high = grid[at];
    for (let i = 0; i < HALVINGS && at > 0; i++) {
      const middle = Math.sqrt(low * high);
      if ((difference(ladder.at({ ...factors, load: middle }), offer) ?? 1) < 0) high = middle;
      else low = middle;
    }
    const usd = serverlessOf(at === 0 ? rows[0] : ladder.at({ ...factors, load: high }));
    return { rate: high * ladder.meanRate, serverlessUsd: usd };
  };
  const first = refine(firstAt);
  return { first, forGood: lastAt === firstAt ? first : refine(lastAt) };
}
