// Facts about commands that their declarations do not carry: what COMMAND INFO shows to clients and permissions are
// judged by. The tables stand in commands/facts-*.ts.

import type { Category } from "./categories.ts";
import type { KeySpec } from "./key-specs.ts";

export interface CommandFacts {
  /** ACL categories beside those that follow from the flags. */
  readonly categories?: readonly Category[];
  /** What a proxy or cluster client should do with the command. */
  readonly tips?: readonly string[];
  readonly keys?: readonly KeySpec[];
  /** Takes keys, and may be called without any. */
  readonly keysOptional?: boolean;
}

/** By full name: "get", "config|set". */
export type FactTable = Readonly<Record<string, CommandFacts>>;
