// Which changes of a stream are a key's, by sequence number: the first key of every command, all keys of those that take nothing
// but keys, or keys and values. They are forgotten with the changes.
//
// Left out: the second key of commands that store what they took from others (RENAME, LMOVE, SUNIONSTORE).

import { type Bytes, textOf } from "../../engine/bytes.ts";

/** How far apart the keys of commands with many of them are. */
const STEPS: ReadonlyMap<string, number> = new Map([
  ["del", 1],
  ["unlink", 1],
  ["mset", 2],
]);

export class ChangesByKey {
  private readonly sequences = new Map<string, number[]>();

  /** A change is appended. */
  note(argv: readonly Bytes[], sequence: number): void {
    forEachKey(argv, key => {
      const known = this.sequences.get(key);
      if (known === undefined) this.sequences.set(key, [sequence]);
      else known.push(sequence);
    });
  }

  /** Those of a key from a sequence number on, in order. */
  from(key: string, sequence: number): readonly number[] {
    const known = this.sequences.get(key);
    if (known === undefined || known[known.length - 1] < sequence) return [];
    let at = known.length;
    while (at > 0 && known[at - 1] >= sequence) at--;
    return known.slice(at);
  }

  /** A change is dropped, with all before `base`. */
  trim(argv: readonly Bytes[], base: number): void {
    forEachKey(argv, key => {
      const known = this.sequences.get(key);
      if (known === undefined || known[0] >= base) return;
      const kept = known.filter(sequence => sequence >= base);
      if (kept.length === 0) this.sequences.delete(key);
      else this.sequences.set(key, kept);
    });
  }
}

function forEachKey(argv: readonly Bytes[], visit: (key: string) => void): void {
  const step = STEPS.get(textOf(argv[0]).toLowerCase()) ?? argv.length;
  for (let i = 1; i < argv.length; i += step) {
    const key = argv[i];
    if (typeof key === "string") visit(key);
  }
}
