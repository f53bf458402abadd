// DEBUG HTSTATS-KEY: the hash table inside a collection, with the lengths of its chains when asked in full.

import { wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { ADMIN, type CommandSpec, LOADING, NOSCRIPT, PROTECTED, STALE } from "../command.ts";
import { type Context, keyAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { NO_SUCH_KEY } from "../errors.ts";
import type { Collection } from "../keyspace.ts";
import { ErrorReply, type Reply, Verbatim } from "../reply.ts";
import type { MemberTable } from "../values/member-table.ts";

const NOT_A_TABLE = new ErrorReply("ERR The value stored at the specified key is not represented using an hash table");

/** Longer chains are not listed apart. */
const LONGEST_LISTED = 48;

function chains(lengths: readonly number[]): string {
  const counts = new Array<number>(LONGEST_LISTED + 2).fill(0);
  for (const length of lengths) counts[Math.min(length, LONGEST_LISTED + 1)]++;
  const occupied = lengths.filter(length => length > 0);
  const mean = (occupied.reduce((sum, length) => sum + length, 0) / occupied.length).toFixed(2);
  const rows = counts.slice(0, -1).flatMap((count, length) => {
    return count === 0 ? [] : [`   ${length}: ${count} (${((100 * count) / lengths.length).toFixed(2)}%)\n`];
  });
  return (
    ` different slots: ${occupied.length}\n max chain length: ${Math.max(...occupied)}\n` +
    ` avg chain length (counted): ${mean}\n avg chain length (computed): ${mean}\n` +
    ` Chain length distribution:\n${rows.join("")}`
  );
}

function describeTable(table: MemberTable<unknown>, full: boolean): string {
  let text = "";
  let first = 0;
  for (const [i, { buckets, used }] of table.tables.entries()) {
    text += `Hash table ${i} stats (${i === 0 ? "main hash table" : "rehashing target"}):\n`;
    if (used === 0) text += "No stats available for empty dictionaries\n";
    else {
      text += ` table size: ${buckets}\n number of elements: ${used}\n`;
      const from = first;
      if (full) text += chains(Array.from({ length: buckets }, (_, at) => table.chainLength(from + at)));
    }
    first += buckets;
  }
  return text;
}

function statisticsOfKey(ctx: Context, argv: readonly Bytes[]): Reply {
  const entry = ctx.db.find(keyAt(argv, 2));
  if (entry === NONE) return NO_SUCH_KEY;
  const value = ctx.db.valueOf(entry) as Collection & { readonly table?: MemberTable<unknown> | null };
  const table = typeof value === "object" ? (value.table ?? null) : null;
  return table === null ? NOT_A_TABLE : new Verbatim(describeTable(table, wordAt(argv, 3) === "FULL"));
}

export const MEMBER_TABLE_DEBUG_SUBCOMMANDS: readonly CommandSpec[] = [
  {
    name: "htstats-key",
    arity: -3,
    flags: ADMIN | NOSCRIPT | LOADING | STALE | PROTECTED,
    group: "server",
    since: "5.0.0",
    complexity: "O(N) in buckets when asked in full, else O(1)",
    summary: "The hash table inside a collection.",
    cost: "config",
    run: statisticsOfKey,
  },
];
