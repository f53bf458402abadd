// CONFIG: reading and changing parameters, resetting the statistics.

import { SYNTAX } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { ADMIN, type CommandSpec, LOADING, NOSCRIPT, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { ErrorReply, MapReply, OK, type Reply } from "../reply.ts";

function get(ctx: Context, argv: readonly Bytes[]): Reply {
  const found = new Map<string, string>();
  const { parameters } = ctx.engine;
  for (let i = 2; i < argv.length; i++) {
    const wanted = textOf(argv[i]);
    const spec = parameters.spec(wanted);
    // A plain name is answered in the caller's spelling.
    if (spec !== undefined) found.set(wanted, parameters.text(spec.name));
    else for (const [name, value] of parameters.matching(wanted)) found.set(name, value);
  }
  return new MapReply([...found].flat());
}

function failed(name: string, why: string): ErrorReply {
  return new ErrorReply(`ERR CONFIG SET failed (possibly related to argument '${name}') - ${why}`);
}

function set(ctx: Context, argv: readonly Bytes[]): Reply {
  if (argv.length % 2 !== 0) return SYNTAX;
  const { parameters } = ctx.engine;
  const pairs: [string, string][] = [];
  for (let i = 2; i < argv.length; i += 2) {
    const name = textAt(argv, i);
    const spec = parameters.spec(name);
    if (spec === undefined) {
      return new ErrorReply(`ERR Unknown option or number of arguments for CONFIG SET - '${name}'`);
    }
    if (!spec.mutable) return failed(name, "can't set immutable config");
    if (pairs.some(([other]) => other === spec.name)) return failed(name, "duplicate parameter");
    pairs.push([spec.name, textAt(argv, i + 1)]);
  }
  // All names are looked at before any value.
  for (const [name, text] of pairs) {
    const refusal = parameters.refusal(name, text);
    if (refusal !== null) return failed(name, refusal);
  }
  parameters.setAll(pairs);
  return OK;
}

const shape = {
  flags: ADMIN | NOSCRIPT | LOADING | STALE,
  group: "server",
  complexity: "O(N) in parameters",
  cost: "config",
} as const;

const SUBCOMMANDS: readonly CommandSpec[] = [
  { ...shape, name: "get", arity: -3, since: "2.0.0", summary: "Values of the parameters that match.", run: get },
  { ...shape, name: "set", arity: -4, since: "2.0.0", summary: "Changes parameters, all or none.", run: set },
  {
    ...shape,
    name: "resetstat",
    arity: 2,
    since: "2.0.0",
    summary: "Sets the statistics to zero.",
    run: ctx => {
      const { engine } = ctx;
      engine.resetStatistics();
      return OK;
    },
  },
];

export const CONFIG_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "config",
    arity: -2,
    flags: 0,
    since: "2.0.0",
    summary: "Reads and changes the server's parameters.",
    subcommands: SUBCOMMANDS,
    run: () => SYNTAX,
  },
];
