// Streams of random numbers. Every use has a stream of its own, named for that use and derived from scenario seed,
// replication and name: a variant that draws more in one place changes nothing in another, so two variants are
// compared under the same draws (common random numbers). The generator is seedrandom's alea: among those that pass the
// usual tests the fastest there, with 53-bit doubles for the tails.

import seedrandom from "seedrandom";

/** A named stream of random numbers. */
export interface Random {
  /** A double in [0, 1) with 53 random bits. */
  next(): number;
  /** A double in [0, 1) with 32 random bits: cheaper, not for tails. */
  quick(): number;
  /** An unsigned 32-bit integer. */
  uint32(): number;
  /** A whole number in [0, n). */
  below(n: number): number;
}

/** The stream that belongs to this seed text; the same text gives the same numbers for ever. */
export function randomFrom(seedText: string): Random {
  const prng = seedrandom.alea(seedText);
  const next = prng.double;
  const quick = prng.quick;
  return {
    next,
    quick,
    uint32: () => prng.int32() >>> 0,
    below: n => Math.floor(next() * n),
  };
}

/** The three parts that name a stream. */
export function streamSeed(seed: number, replication: number, name: string): string {
  return `${seed}/${replication}/${name}`;
}
