// Waiting for a server: M/G/1 exactly, M/G/k nearly.
//
//   M/G/1   E[W] = l E[S^2] / (2 (1 - rho))                        Pollaczek and Khinchine
//   M/G/k   E[W] = C(k, l E[S]) / (k / E[S] - l) * (1 + cv^2) / 2   Erlang's C; Lee and Longton, 1959
//
// l arrivals per ns, S the time of one piece of work in ns, rho = l E[S] / k. Who waits at all waits for a time that is
// taken as exponential with the right mean: exact for M/M/k, and what heavy traffic makes of any other.
//
// Arrivals are independent (Poisson). Left out: bursts, pipelines, a server that pauses (fork, slow commands).

/** The first two moments of a time, in ns and ns squared. */
export interface Moments {
  readonly mean: number;
  readonly second: number;
}

export interface Wait {
  /** Share of the servers' time that is used; from 1 on there is no steady state, and waits are infinite. */
  readonly utilisation: number;
  readonly meanNs: number;
  /** Probability that somebody has to wait. */
  readonly delayed: number;
}

const OVERLOADED: Omit<Wait, "utilisation"> = { meanNs: Number.POSITIVE_INFINITY, delayed: 1 };

/** Waits at `servers` equal servers with one queue; `perNs` arrivals a ns. */
export function wait(servers: number, perNs: number, work: Moments): Wait {
  const offered = perNs * work.mean;
  const utilisation = offered / servers;
  if (utilisation >= 1) return { utilisation, ...OVERLOADED };
  if (offered === 0) return { utilisation, meanNs: 0, delayed: 0 };
  const variability = work.second / (2 * work.mean ** 2); // (1 + cv^2) / 2
  const delayed = servers === 1 ? utilisation : erlangC(servers, offered);
  return { utilisation, delayed, meanNs: ((delayed * work.mean) / (servers - offered)) * variability };
}

/** Probability that a wait is longer than `ns`. */
export function waitBeyond({ meanNs, delayed }: Wait, ns: number): number {
  if (meanNs === 0) return 0;
  if (meanNs === Number.POSITIVE_INFINITY) return 1;
  return ns <= 0 ? delayed : delayed * Math.exp((-ns * delayed) / meanNs);
}

/** Erlang's C: the probability that all `servers` are busy with `offered` Erlang of load, fewer than there are servers. */
export function erlangC(servers: number, offered: number): number {
  // Erlang's B by its recursion, which neither overflows nor cancels.
  let blocked = 1;
  for (let k = 1; k <= servers; k++) blocked = (offered * blocked) / (k + offered * blocked);
  const utilisation = offered / servers;
  return blocked / (1 - utilisation * (1 - blocked));
}

/** The moments of a mixture: one part or another is done, by weight. */
export function mixed(parts: readonly { readonly weight: number; readonly work: Moments }[]): Moments {
  let total = 0;
  let mean = 0;
  let second = 0;
  for (const { weight, work } of parts) {
    total += weight;
    mean += weight * work.mean;
    second += weight * work.second;
  }
  return total === 0 ? { mean: 0, second: 0 } : { mean: mean / total, second: second / total };
}
