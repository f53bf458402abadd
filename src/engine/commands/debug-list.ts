// DEBUG on lists.

import type { Bytes } from "../bytes.ts";
import { ADMIN, type CommandSpec, LOADING, NOSCRIPT, PROTECTED, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { MEMORY_UNITS } from "../parameters.ts";
import { ErrorReply, OK, type Reply } from "../reply.ts";

const NOT_A_THRESHOLD = new ErrorReply("ERR argument must be a memory value bigger than 1 and smaller than 4gb");
const MAX_THRESHOLD = 2 ** 32 - 2 ** 20;

function packedThreshold(ctx: Context, argv: readonly Bytes[]): Reply {
  const match = /^(\d+)([a-z]*)$/u.exec(textAt(argv, 2).toLowerCase());
  const bytes = match === null ? Number.NaN : Number(match[1]) * (MEMORY_UNITS[match[2]] ?? Number.NaN);
  if (!(bytes <= MAX_THRESHOLD)) return NOT_A_THRESHOLD;
  ctx.engine.lists.packedThreshold = bytes;
  return OK;
}

export const LIST_DEBUG_SUBCOMMANDS: readonly CommandSpec[] = [
  {
    name: "quicklist-packed-threshold",
    arity: 3,
    flags: ADMIN | NOSCRIPT | LOADING | STALE | PROTECTED,
    group: "server",
    since: "7.0.0",
    complexity: "O(1)",
    summary: "From how many bytes on a list element stands alone; 0: as the limits say.",
    cost: "config",
    run: packedThreshold,
  },
];
