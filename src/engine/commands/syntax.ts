// The syntax of all commands in one table, and the commands that the server calls deprecated.

import type { SyntaxTable } from "../introspection/syntax.ts";
import { KEYS_SYNTAX } from "./syntax-keys.ts";
import { SERVER_SYNTAX } from "./syntax-server.ts";
import { SORTED_SYNTAX } from "./syntax-sorted.ts";
import { VALUES_SYNTAX } from "./syntax-values.ts";

export const SYNTAX: SyntaxTable = { ...VALUES_SYNTAX, ...SORTED_SYNTAX, ...KEYS_SYNTAX, ...SERVER_SYNTAX };

/** Since when (facts of Valkey 8.0.1). */
export const DEPRECATED: Readonly<Record<string, string>> = {
  brpoplpush: "6.2.0",
  "cluster|slaves": "5.0.0",
  georadius: "6.2.0",
  georadius_ro: "6.2.0",
  georadiusbymember: "6.2.0",
  georadiusbymember_ro: "6.2.0",
  getset: "6.2.0",
  hmset: "4.0.0",
  psetex: "2.6.12",
  quit: "7.2.0",
  rpoplpush: "6.2.0",
  setex: "2.6.12",
  setnx: "2.6.12",
  slaveof: "5.0.0",
  substr: "2.0.0",
  zrangebylex: "6.2.0",
  zrangebyscore: "6.2.0",
  zrevrange: "6.2.0",
  zrevrangebylex: "6.2.0",
  zrevrangebyscore: "6.2.0",
};

/** Commands for the server's own use. */
export const SYSTEM: ReadonlySet<string> = new Set(["debug", "pfdebug", "pfselftest", "replconf", "restore-asking"]);
