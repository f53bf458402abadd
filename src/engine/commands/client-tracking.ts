// CLIENT TRACKING and what belongs to it: client-side caching.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type CommandSpec, LOADING, NOSCRIPT, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { ErrorReply, MapReply, OK, type Reply, SetReply } from "../reply.ts";
import type { TrackingState } from "../tracking.ts";

const error = (text: string) => new ErrorReply(`ERR ${text}`);
const SWITCH_BCAST = error(
  "You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode.",
);
const SWITCH_OPT = error(
  "You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode.",
);

interface Options {
  redirect: number;
  broadcast: boolean;
  optIn: boolean;
  optOut: boolean;
  noLoop: boolean;
  prefixes: string[];
}

function parse(ctx: Context, argv: readonly Bytes[]): Options | ErrorReply {
  const options: Options = { redirect: 0, broadcast: false, optIn: false, optOut: false, noLoop: false, prefixes: [] };
  for (let i = 3; i < argv.length; i++) {
    const word = wordAt(argv, i);
    const more = i + 1 < argv.length;
    if (word === "REDIRECT" && more) {
      if (options.redirect !== 0) return error("A client can only redirect to a single other client");
      const id = integerAt(argv, ++i);
      if (isError(id)) return id;
      if (!ctx.engine.sessions.has(id)) return error("The client ID you want redirect to does not exist");
      options.redirect = id;
    } else if (word === "BCAST") options.broadcast = true;
    else if (word === "OPTIN") options.optIn = true;
    else if (word === "OPTOUT") options.optOut = true;
    else if (word === "NOLOOP") options.noLoop = true;
    else if (word === "PREFIX" && more) options.prefixes.push(textAt(argv, ++i));
    else return SYNTAX;
  }
  return options;
}

/** Why the options do not go together, or with what holds already. */
function conflict(options: Options, current: TrackingState | null): ErrorReply | null {
  const { broadcast, optIn, optOut, prefixes } = options;
  if (!broadcast && prefixes.length > 0) return error("PREFIX option requires BCAST mode to be enabled");
  if (current !== null && current.broadcast !== broadcast) return SWITCH_BCAST;
  if (broadcast && (optIn || optOut)) return error("OPTIN and OPTOUT are not compatible with BCAST");
  if (optIn && optOut) return error("You can't specify both OPTIN mode and OPTOUT mode");
  if (current !== null && ((optIn && current.optOut) || (optOut && current.optIn))) return SWITCH_OPT;
  return broadcast ? overlap(prefixes, [...(current?.prefixes ?? [])].sort()) : null;
}

function overlap(prefixes: readonly string[], existing: readonly string[]): ErrorReply | null {
  const meet = (a: string, b: string) => a.startsWith(b) || b.startsWith(a);
  for (const [i, prefix] of prefixes.entries()) {
    const old = existing.find(one => meet(one, prefix));
    if (old !== undefined) {
      return error(
        `Prefix '${prefix}' overlaps with an existing prefix '${old}'. Prefixes for a single client must not overlap.`,
      );
    }
    const other = prefixes.slice(i + 1).find(one => meet(one, prefix));
    if (other !== undefined) {
      return error(
        `Prefix '${prefix}' overlaps with another provided prefix '${other}'. Prefixes for a single client must not overlap.`,
      );
    }
  }
  return null;
}

function tracking(ctx: Context, argv: readonly Bytes[]): Reply {
  const options = parse(ctx, argv);
  if (isError(options)) return options;
  const { session, engine } = ctx;
  const word = wordAt(argv, 2);
  if (word === "OFF") {
    engine.tracking.disable(session);
    return OK;
  }
  if (word !== "ON") return SYNTAX;
  const refused = conflict(options, session.tracking);
  if (refused !== null) return refused;
  const { redirect, broadcast, optIn, optOut, noLoop } = options;
  const prefixes = session.tracking?.prefixes ?? new Set<string>();
  engine.tracking.enable(
    session,
    { redirect, broadcast, optIn, optOut, noLoop, prefixes, caching: false, brokenRedirect: false },
    options.prefixes,
  );
  return OK;
}

function caching(ctx: Context, argv: readonly Bytes[]): Reply {
  const state = ctx.session.tracking;
  if (state === null) {
    return error(
      "CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled",
    );
  }
  const word = wordAt(argv, 2);
  if (word === "YES") {
    if (!state.optIn) return error("CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
  } else if (word === "NO") {
    if (!state.optOut) return error("CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
  } else return SYNTAX;
  state.caching = true;
  return OK;
}

function trackingInfo({ session }: Context): Reply {
  const state = session.tracking;
  const flags = [state === null ? "off" : "on"];
  if (state?.broadcast) flags.push("bcast");
  if (state?.optIn) flags.push("optin", ...(state.caching ? ["caching-yes"] : []));
  if (state?.optOut) flags.push("optout", ...(state.caching ? ["caching-no"] : []));
  if (state?.noLoop) flags.push("noloop");
  if (state?.brokenRedirect) flags.push("broken_redirect");
  return new MapReply([
    "flags",
    new SetReply(flags),
    "redirect",
    state?.redirect ?? -1,
    "prefixes",
    [...(state?.prefixes ?? [])].sort(),
  ]);
}

const base = {
  group: "connection",
  complexity: "O(1)",
  cost: "ping",
  flags: NOSCRIPT | LOADING | STALE,
  since: "6.0.0",
} as const;

export const CLIENT_TRACKING_SUBCOMMANDS: readonly CommandSpec[] = [
  { ...base, name: "tracking", arity: -3, summary: "Client-side caching for this connection.", run: tracking },
  { ...base, name: "caching", arity: 3, summary: "Whether the next call's keys are tracked.", run: caching },
  {
    ...base,
    name: "getredir",
    arity: 2,
    summary: "Which connection gets the invalidations.",
    run: ctx => ctx.session.tracking?.redirect ?? -1,
  },
  {
    ...base,
    name: "trackinginfo",
    arity: 2,
    since: "6.2.0",
    summary: "How client-side caching is set for this connection.",
    run: trackingInfo,
  },
];
