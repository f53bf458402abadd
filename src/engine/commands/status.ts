// LOLWUT and MODULE.

import { SYNTAX } from "../arguments.ts";
import { ADMIN, type CommandSpec, FAST, NO_ASYNC_LOADING, NOSCRIPT, PROTECTED, READONLY } from "../command.ts";
import type { Context } from "../context.ts";
import { ErrorReply, type Reply, Verbatim } from "../reply.ts";

const SHADES = " .:-=+*#%@";

/** A picture: hills whose light comes from the left, with the version below. */
function picture({ engine }: Context): Reply {
  const { random, profile } = engine;
  const heights = Array.from({ length: 6 }, () => random.next());
  const rows = Array.from({ length: 8 }, (_, y) =>
    Array.from({ length: 60 }, (_, x) => {
      const height = heights.reduce((sum, share, i) => sum + share * Math.sin(((x + 7 * i) * (i + 1)) / 12), 4);
      const depth = Math.floor(height - (8 - y));
      return SHADES[Math.max(0, Math.min(SHADES.length - 1, depth))];
    })
      .join("")
      .trimEnd(),
  );
  return new Verbatim(`${rows.join("\n")}\n\nRedis ver. ${profile.version}\n`);
}

const NOT_LOADED = new ErrorReply("ERR Error loading the extension. Please check the server logs.");
const NOT_UNLOADED = new ErrorReply("ERR Error unloading module: no such module with that name");

const module = {
  group: "server",
  since: "4.0.0",
  complexity: "O(1)",
  cost: "config",
  flags: ADMIN | NOSCRIPT | NO_ASYNC_LOADING | PROTECTED,
} as const;

/** Modules are machine code: none can be loaded here, and the server says so as if the file were none. */
const MODULE_SUBCOMMANDS: readonly CommandSpec[] = [
  { ...module, name: "list", arity: 2, flags: ADMIN | NOSCRIPT, summary: "The modules: none.", run: () => [] },
  { ...module, name: "load", arity: -3, summary: "Loads no module.", run: () => NOT_LOADED },
  { ...module, name: "loadex", arity: -3, since: "7.0.0", summary: "Loads no module.", run: () => NOT_LOADED },
  { ...module, name: "unload", arity: 3, summary: "Unloads no module.", run: () => NOT_UNLOADED },
];

export const STATUS_COMMANDS: readonly CommandSpec[] = [
  {
    name: "lolwut",
    arity: -1,
    flags: READONLY | FAST,
    group: "server",
    since: "5.0.0",
    complexity: "O(1)",
    summary: "A picture and the version.",
    cost: "ping",
    run: picture,
  },
  {
    ...module,
    name: "module",
    arity: -2,
    flags: 0,
    summary: "Extensions of the server.",
    subcommands: MODULE_SUBCOMMANDS,
    run: () => SYNTAX,
  },
];
