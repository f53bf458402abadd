// Which changes of a stream are a key's, by sequence number: those of every command that names it as a key and does more than read
// it, as the engine's table says where keys stand and what becomes of them (introspection/key-specs.ts). They are forgotten
// with the changes.
//
// Left out: FLUSHALL, FLUSHDB and SWAPDB, which change every key and name none; equal keys of several databases, which are taken
// for one; SORT with STORE, whose source counts as changed.

import type { Bytes } from "../../engine/bytes.ts";
import { findKeys } from "../../engine/introspection/key-finder.ts";
import { RO } from "../../engine/introspection/key-specs.ts";
import { type CommandTable, commandOfCall } from "../command-of-call.ts";

export class ChangesByKey {
  private readonly sequences = new Map<string, number[]>();

  constructor(private readonly table: CommandTable) {}

  /** A change is appended. */
  note(argv: readonly Bytes[], sequence: number): void {
    this.forEachKey(argv, key => {
      const known = this.sequences.get(key);
      if (known === undefined) this.sequences.set(key, [sequence]);
      else if (known[known.length - 1] !== sequence) known.push(sequence);
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
    this.forEachKey(argv, key => {
      const known = this.sequences.get(key);
      if (known === undefined || known[0] >= base) return;
      const kept = known.filter(sequence => sequence >= base);
      if (kept.length === 0) this.sequences.delete(key);
      else this.sequences.set(key, kept);
    });
  }

  private forEachKey(argv: readonly Bytes[], visit: (key: string) => void): void {
    const command = commandOfCall(this.table, argv);
    if (command === undefined) return;
    for (const { position, flags } of findKeys(command, argv)) {
      const key = argv[position];
      if ((flags & RO) === 0 && typeof key === "string") visit(key);
    }
  }
}
