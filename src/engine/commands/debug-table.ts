// DEBUG on hash tables: their sizes, and holding resizing back.

import { integerAt, isError } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { ADMIN, type CommandSpec, LOADING, NOSCRIPT, PROTECTED, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import type { Dict } from "../dict.ts";
import { ErrorReply, OK, type Reply, Verbatim } from "../reply.ts";

const OUT_OF_RANGE = new ErrorReply("ERR Out of range database");

function describeTable(index: number, buckets: number, elements: number): string {
  const head = `Hash table ${index} stats (${index === 0 ? "main hash table" : "rehashing target"}):\n`;
  if (elements === 0) return `${head}No stats available for empty dictionaries\n`;
  return `${head} table size: ${buckets}\n number of elements: ${elements}\n`;
}

/** What HTSTATS says of one dict: its table, and while it is rehashed the other one. */
export function describeDict(dict: Dict): string {
  return dict.tables.map(({ buckets, used }, i) => describeTable(i, buckets, used)).join("");
}

function tableStatistics(ctx: Context, argv: readonly Bytes[]): Reply {
  const index = integerAt(argv, 2);
  if (isError(index)) return index;
  if (index < 0 || index >= ctx.engine.databases.length) return OUT_OF_RANGE;
  const { main, expires } = ctx.engine.database(index);
  return new Verbatim(`[Dictionary HT]\n${describeDict(main)}[Expires HT]\n${describeDict(expires)}`);
}

const shape = {
  flags: ADMIN | NOSCRIPT | LOADING | STALE | PROTECTED,
  group: "server",
  since: "4.0.0",
  complexity: "O(1)",
  cost: "config",
} as const;

export const TABLE_DEBUG_SUBCOMMANDS: readonly CommandSpec[] = [
  { ...shape, name: "htstats", arity: -3, summary: "The hash tables of a database.", run: tableStatistics },
  {
    ...shape,
    name: "dict-resizing",
    arity: 3,
    since: "8.0.0",
    summary: "Lets hash tables of databases grow and shrink (1) or not (0).",
    run: (ctx, argv) => {
      ctx.engine.debug.resizesTables = textAt(argv, 2) !== "0";
      return OK;
    },
  },
];
