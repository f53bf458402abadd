// CLIENT: the connection itself and the others. Client-side caching is in client-tracking.ts.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import { timeoutReplyOf } from "../blocking.ts";
import type { Bytes } from "../bytes.ts";
import { CLIENT_TYPES, clientLine, clientType } from "../clients.ts";
import { ADMIN, type CommandSpec, LOADING, NOSCRIPT, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { ErrorReply, OK, type Reply, Several, Verbatim } from "../reply.ts";
import type { Session } from "../session.ts";
import { INVALID_CLIENT_NAME, isClientName } from "./client-name.ts";
import { CLIENT_TRACKING_SUBCOMMANDS } from "./client-tracking.ts";

const NO_REPLY = new Several([]);
const UNBLOCKED = new ErrorReply("UNBLOCKED client unblocked via CLIENT UNBLOCK");

/** Connections of clients, without those of the engine's owner. */
function everyone(ctx: Context): Session[] {
  return [...ctx.engine.sessions.values()].filter(session => session.deliver !== null);
}

function list(ctx: Context, argv: readonly Bytes[]): Reply {
  let chosen = everyone(ctx);
  const word = wordAt(argv, 2);
  if (word === "TYPE" && argv.length === 4) {
    const type = CLIENT_TYPES[textAt(argv, 3).toLowerCase()];
    if (type === undefined) return new ErrorReply(`ERR Unknown client type '${textAt(argv, 3)}'`);
    chosen = chosen.filter(session => clientType(session) === type);
  } else if (word === "ID" && argv.length > 3) {
    chosen = [];
    for (let i = 3; i < argv.length; i++) {
      const id = integerAt(argv, i);
      if (isError(id)) return new ErrorReply("ERR Invalid client ID");
      const session = ctx.engine.sessions.get(id);
      if (session !== undefined) chosen.push(session);
    }
  } else if (argv.length !== 2) return SYNTAX;
  return new Verbatim(chosen.map(session => `${clientLine(session, ctx.nowMs)}\n`).join(""));
}

interface Filter {
  id?: number;
  address?: string;
  localAddress?: string;
  type?: string;
  user?: string;
  maxAge?: number;
  skipMe: boolean;
}

function killFilter(ctx: Context, argv: readonly Bytes[]): Filter | ErrorReply {
  if (argv.length === 3) return { address: textAt(argv, 2), skipMe: false };
  const filter: Filter = { skipMe: true };
  for (let i = 2; i < argv.length; i += 2) {
    if (i + 1 >= argv.length) return SYNTAX;
    const word = wordAt(argv, i);
    const text = textAt(argv, i + 1);
    if (word === "ID") {
      const id = integerAt(argv, i + 1);
      if (isError(id) || id < 1) return new ErrorReply("ERR client-id should be greater than 0");
      filter.id = id;
    } else if (word === "MAXAGE") {
      const age = integerAt(argv, i + 1);
      if (isError(age)) return new ErrorReply("ERR maxage is not an integer or out of range");
      if (age <= 0) return new ErrorReply("ERR maxage should be greater than 0");
      filter.maxAge = age;
    } else if (word === "TYPE") {
      filter.type = CLIENT_TYPES[text.toLowerCase()];
      if (filter.type === undefined) return new ErrorReply(`ERR Unknown client type '${text}'`);
    } else if (word === "ADDR") filter.address = text;
    else if (word === "LADDR") filter.localAddress = text;
    else if (word === "USER") {
      if (ctx.engine.acl.user(text) === undefined) return new ErrorReply(`ERR No such user '${text}'`);
      filter.user = text;
    } else if (word === "SKIPME") {
      const choice = text.toLowerCase();
      if (choice !== "yes" && choice !== "no") return SYNTAX;
      filter.skipMe = choice === "yes";
    } else return SYNTAX;
  }
  return filter;
}

function kill(ctx: Context, argv: readonly Bytes[]): Reply {
  const filter = killFilter(ctx, argv);
  if (isError(filter)) return filter;
  let killed = 0;
  for (const session of everyone(ctx)) {
    if (filter.address !== undefined && session.address !== filter.address) continue;
    if (filter.localAddress !== undefined && session.localAddress !== filter.localAddress) continue;
    if (filter.type !== undefined && clientType(session) !== filter.type) continue;
    if (filter.id !== undefined && session.id !== filter.id) continue;
    if (filter.user !== undefined && session.user !== filter.user) continue;
    if (filter.skipMe && session === ctx.session) continue;
    if (filter.maxAge !== undefined && Math.floor((ctx.nowMs - session.createdMs) / 1_000) < filter.maxAge) continue;
    killed++;
    if (session === ctx.session) session.closing = true;
    else session.onKill?.();
  }
  if (argv.length > 3) return killed;
  return killed === 0 ? new ErrorReply("ERR No such client") : OK;
}

function pause(ctx: Context, argv: readonly Bytes[]): Reply {
  if (argv.length > 4) return SYNTAX;
  const mode = argv.length === 4 ? wordAt(argv, 3) : "ALL";
  if (mode !== "ALL" && mode !== "WRITE") return new ErrorReply("ERR CLIENT PAUSE mode must be WRITE or ALL");
  const timeout = integerAt(argv, 2);
  if (isError(timeout)) return new ErrorReply("ERR timeout is not an integer or out of range");
  if (timeout < 0) return new ErrorReply("ERR timeout is negative");
  ctx.engine.pause.begin(mode === "ALL" ? "all" : "write", ctx.nowMs + timeout);
  return OK;
}

function unblock(ctx: Context, argv: readonly Bytes[]): Reply {
  let asError = false;
  if (argv.length === 4) {
    const word = wordAt(argv, 3);
    if (word !== "TIMEOUT" && word !== "ERROR") {
      return new ErrorReply("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
    }
    asError = word === "ERROR";
  } else if (argv.length !== 3) return SYNTAX;
  const id = integerAt(argv, 2);
  if (isError(id)) return id;
  const target = ctx.engine.sessions.get(id);
  if (target?.blocked == null || target.blocked.kind === "paused") return 0;
  const reply = asError ? UNBLOCKED : timeoutReplyOf(target.blocked);
  // Until now the call has not been counted.
  ctx.engine.counters.count(target.blocked.command, reply);
  ctx.engine.blocking.unblock(target, reply);
  return 1;
}

function replyMode(ctx: Context, argv: readonly Bytes[]): Reply {
  const { session } = ctx;
  const word = wordAt(argv, 2);
  if (word === "ON") {
    session.replyMode = "on";
    return OK;
  }
  if (word === "OFF") session.replyMode = "off";
  else if (word === "SKIP") {
    if (session.replyMode !== "off") session.replyMode = "skip-next";
  } else return SYNTAX;
  return NO_REPLY;
}

function setInfo(ctx: Context, argv: readonly Bytes[]): Reply {
  const word = wordAt(argv, 2);
  const text = textAt(argv, 3);
  if (word !== "LIB-NAME" && word !== "LIB-VER") return new ErrorReply(`ERR Unrecognized option '${textAt(argv, 2)}'`);
  if (!isClientName(text)) {
    return new ErrorReply(`ERR ${word.toLowerCase()} cannot contain spaces, newlines or special characters.`);
  }
  if (word === "LIB-NAME") ctx.session.libName = text;
  else ctx.session.libVersion = text;
  return OK;
}

/** A setting of the connection that is ON or OFF. */
function toggle(set: (session: Session, on: boolean) => void) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const word = wordAt(argv, 2);
    if (word !== "ON" && word !== "OFF") return SYNTAX;
    set(ctx.session, word === "ON");
    return OK;
  };
}

const base = { group: "connection", complexity: "O(1)", cost: "ping" } as const;
const flags = NOSCRIPT | LOADING | STALE;
const admin = flags | ADMIN;

export const CLIENT_SUBCOMMANDS: readonly CommandSpec[] = [
  {
    ...base,
    name: "id",
    arity: 2,
    flags,
    since: "5.0.0",
    summary: "The connection's number.",
    run: ctx => ctx.session.id,
  },
  {
    ...base,
    name: "getname",
    arity: 2,
    flags,
    since: "2.6.9",
    summary: "The connection's name.",
    run: ctx => (ctx.session.name === "" ? null : ctx.session.name),
  },
  {
    ...base,
    name: "setname",
    arity: 3,
    flags,
    since: "2.6.9",
    summary: "Names the connection.",
    run: (ctx, argv) => {
      const name = textAt(argv, 2);
      if (!isClientName(name)) return INVALID_CLIENT_NAME;
      ctx.session.name = name;
      return OK;
    },
  },
  {
    ...base,
    name: "setinfo",
    arity: 4,
    flags,
    since: "7.2.0",
    summary: "Tells the client library's name or version.",
    run: setInfo,
  },
  {
    ...base,
    name: "info",
    arity: 2,
    flags,
    since: "6.2.0",
    summary: "The connection's state.",
    run: ctx => new Verbatim(`${clientLine(ctx.session, ctx.nowMs)}\n`),
  },
  {
    ...base,
    name: "list",
    arity: -2,
    flags: admin,
    since: "2.4.0",
    complexity: "O(N) in connections",
    summary: "All connections, or those of a type or with given numbers.",
    run: list,
  },
  {
    ...base,
    name: "kill",
    arity: -3,
    flags: admin,
    since: "2.4.0",
    complexity: "O(N) in connections",
    summary: "Closes connections.",
    run: kill,
  },
  {
    ...base,
    name: "pause",
    arity: -3,
    flags: admin,
    since: "3.0.0",
    summary: "Puts calls off for a while, all or those that write.",
    run: pause,
  },
  {
    ...base,
    name: "unpause",
    arity: 2,
    flags: admin,
    since: "6.2.0",
    summary: "Ends a pause.",
    run: ctx => {
      ctx.engine.pause.end();
      return OK;
    },
  },
  {
    ...base,
    name: "unblock",
    arity: -3,
    flags: admin,
    since: "5.0.0",
    summary: "Ends another connection's wait.",
    run: unblock,
  },
  {
    ...base,
    name: "reply",
    arity: 3,
    flags,
    since: "3.2.0",
    summary: "Whether replies are sent.",
    run: replyMode,
  },
  {
    ...base,
    name: "no-evict",
    arity: 3,
    flags: admin,
    since: "7.0.0",
    summary: "Whether this connection may be closed to save memory.",
    run: toggle((session, on) => {
      session.noEvict = on;
    }),
  },
  {
    ...base,
    name: "no-touch",
    arity: 3,
    flags,
    since: "7.2.0",
    summary: "Whether this connection's accesses count for aging.",
    run: toggle((session, on) => {
      session.noTouch = on;
    }),
  },
  {
    ...base,
    name: "capa",
    arity: -3,
    flags,
    since: "8.0.0",
    summary: "Tells what the client can do.",
    run: (ctx, argv) => {
      // What is not known is no error: it may be of a later version.
      if (argv.some((_word, i) => i > 1 && wordAt(argv, i) === "REDIRECT")) ctx.session.redirects = true;
      return OK;
    },
  },
  ...CLIENT_TRACKING_SUBCOMMANDS,
];
