// CONFIG: reading and changing parameters, writing them to the configuration file, resetting the statistics.

import { SYNTAX } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { ADMIN, type CommandSpec, LOADING, NOSCRIPT, STALE } from "../command.ts";
import { rewriteConfiguration } from "../config-file.ts";
import { type Context, textAt } from "../context.ts";
import { loading } from "../errors.ts";
import { allowsProtected } from "../gates.ts";
import type { ParameterSpec } from "../parameters.ts";
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

/** Why a parameter may not be set now, whatever the value, or null. */
function forbidden(ctx: Context, spec: ParameterSpec, name: string): ErrorReply | null {
  const { engine, session } = ctx;
  if (!spec.mutable) return failed(name, "can't set immutable config");
  if (spec.protected && !allowsProtected(engine, session, "enable-protected-configs")) {
    return failed(name, "can't set protected config");
  }
  const isLoading = engine.isLoading || engine.persistence.asyncLoading;
  return spec.notWhileLoading && isLoading ? loading(engine.profile.product) : null;
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
    const refusal = forbidden(ctx, spec, name);
    if (refusal !== null) return refusal;
    // An alias is a name of its own here.
    const own = name.toLowerCase();
    if (pairs.some(([other]) => other === own)) return failed(name, "duplicate parameter");
    pairs.push([own, textAt(argv, i + 1)]);
  }
  // All names are looked at before any value.
  for (const [name, text] of pairs) {
    const refusal = parameters.refusal(name, text);
    if (refusal !== null) return failed(name, refusal);
  }
  const refusal = parameters.setAll(pairs);
  return refusal === null ? OK : failed(refusal.name, refusal.reason);
}

const NO_CONFIG_FILE = new ErrorReply("ERR The server is running without a config file");

/** Writes the configuration file anew; `everything` with the defaults. */
export function rewrite({ engine }: Context, everything: boolean): Reply {
  const { host } = engine;
  if (host === null || host.configFile === "") return NO_CONFIG_FILE;
  try {
    const old = host.readFile(host.configFile);
    host.writeFile(host.configFile, rewriteConfiguration(old, engine.parameters, engine.acl, everything));
    return OK;
  } catch (error) {
    return new ErrorReply(`ERR Rewriting config file: ${(error as Error).message}`);
  }
}

const shape = {
  flags: ADMIN | NOSCRIPT | LOADING | STALE,
  group: "server",
  since: "2.0.0",
  complexity: "O(N) in parameters",
  cost: "config",
} as const;

const SUBCOMMANDS: readonly CommandSpec[] = [
  { ...shape, name: "get", arity: -3, summary: "Values of the parameters that match.", run: get },
  { ...shape, name: "set", arity: -4, summary: "Changes parameters, all or none.", run: set },
  {
    ...shape,
    name: "rewrite",
    arity: 2,
    since: "2.8.0",
    summary: "Writes the parameters to the configuration file.",
    run: ctx => rewrite(ctx, false),
  },
  {
    ...shape,
    name: "resetstat",
    arity: 2,
    summary: "Sets the statistics to zero.",
    run: ctx => {
      ctx.engine.resetStatistics();
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
    summary: "Reads and changes the server's parameters.",
    subcommands: SUBCOMMANDS,
    run: () => SYNTAX,
  },
];
