// A run that is shorter than what it stands for (horizon.ts). Times are ns.

export interface HorizonConfig {
  /** Length of what the run stands for. */
  readonly lengthNs: number;
  /** One key in so many is simulated, and the cache's time passes so many times faster; 1: all of them. */
  readonly keysPer: number;
  /** The load's time passes so many times through the same cycle: the rows stand for its first passage. */
  readonly cycles: number;
  /** Rows in order; in simulated time each ends where the next begins. */
  readonly rows: readonly HorizonRow[];
  /** Rows of each window; 0: there are no windows. */
  readonly rowsPerWindow: number;
}

/** A period of the run, and which stretch of the horizon it stands for; null: for nothing, it leads to the next one. */
export interface HorizonRow {
  readonly endNs: number;
  readonly stands: { readonly fromNs: number; readonly toNs: number } | null;
}
