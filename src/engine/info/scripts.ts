// What scripts take, for INFO memory; the scripting engine keeps it.

export interface ScriptUsage {
  /** The interpreters of EVAL and of functions. */
  readonly evalVmBytes: number;
  readonly functionVmBytes: number;
  /** Scripts kept for EVALSHA. */
  readonly cached: number;
  readonly cachedBytes: number;
  readonly libraries: number;
  readonly functions: number;
  readonly functionBytes: number;
  readonly evicted: number;
}

/** A fresh server: two interpreters with nothing in them (measured on 8.0.1). */
export const NO_SCRIPTS: ScriptUsage = {
  evalVmBytes: 31_744,
  functionVmBytes: 33_792,
  cached: 0,
  cachedBytes: 0,
  libraries: 0,
  functions: 0,
  functionBytes: 0,
  evicted: 0,
};
