// The connection itself: PING, ECHO, SELECT, CLIENT, QUIT, RESET, READONLY, ASKING. Logging in is in auth.ts.

import { intAt, isError, SYNTAX } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { ADMIN, ALLOW_BUSY, type CommandSpec, FAST, LOADING, NO_AUTH, NOSCRIPT, STALE } from "../command.ts";
import type { Context } from "../context.ts";
import { CLUSTER_DISABLED, CLUSTER_SELECT, DB_INDEX_OUT_OF_RANGE, wrongArity } from "../errors.ts";
import { generation } from "../parameters/spec.ts";
import { ErrorReply, OK, PONG, type Reply, Status } from "../reply.ts";
import { CLIENT_SUBCOMMANDS } from "./client.ts";

function select(ctx: Context, argv: readonly Bytes[]): Reply {
  const index = intAt(argv, 1);
  if (isError(index)) return index;
  if (ctx.engine.parameters.flag("cluster-enabled") && index !== 0) return CLUSTER_SELECT;
  if (index < 0 || index >= ctx.engine.databases.length) return DB_INDEX_OUT_OF_RANGE;
  ctx.session.db = index;
  return OK;
}

/** From 8.0 on it matters outside clusters too: for clients that are redirected. */
function mayChooseReads({ engine }: Context): boolean {
  return engine.cluster !== null || generation(engine.profile) >= 8;
}

const connection = { group: "connection", complexity: "O(1)", cost: "ping" } as const;
const always = LOADING | STALE | FAST | NO_AUTH | NOSCRIPT | ALLOW_BUSY;

export const CONNECTION_COMMANDS: readonly CommandSpec[] = [
  {
    ...connection,
    name: "ping",
    arity: -1,
    flags: FAST,
    since: "1.0.0",
    summary: "Answers PONG, or the given message.",
    run: (ctx, argv) => {
      if (argv.length > 2) return wrongArity("ping");
      if (ctx.session.resp === 2 && ctx.session.subscribed) return ["pong", argv.length === 2 ? argv[1] : ""];
      return argv.length === 2 ? argv[1] : PONG;
    },
  },
  {
    ...connection,
    name: "echo",
    arity: 2,
    flags: LOADING | STALE | FAST,
    since: "1.0.0",
    summary: "Answers the given message.",
    run: (_ctx, argv) => argv[1],
  },
  {
    ...connection,
    name: "select",
    arity: 2,
    flags: LOADING | STALE | FAST,
    since: "1.0.0",
    summary: "Chooses the database.",
    run: select,
  },
  {
    ...connection,
    name: "client",
    arity: -2,
    flags: 0,
    since: "2.4.0",
    summary: "The state of connections.",
    subcommands: CLIENT_SUBCOMMANDS,
    run: () => SYNTAX,
  },
  {
    ...connection,
    name: "quit",
    arity: -1,
    flags: always,
    since: "1.0.0",
    summary: "Closes the connection.",
    run: ctx => {
      ctx.session.closing = true;
      return OK;
    },
  },
  {
    ...connection,
    group: "server",
    name: "monitor",
    arity: 1,
    flags: ADMIN | NOSCRIPT | LOADING | STALE,
    since: "1.0.0",
    summary: "Shows every call from now on.",
    run: ctx => {
      if (!ctx.mayBlock && ctx.session.transaction === null) return NO_MONITOR;
      ctx.session.isMonitor = true;
      ctx.engine.monitors.add(ctx.session);
      return OK;
    },
  },
  {
    ...connection,
    name: "reset",
    arity: 1,
    flags: always,
    since: "6.2.0",
    summary: "Puts the connection back to how it began.",
    run: ctx => {
      const { session, engine } = ctx;
      engine.discard(session);
      engine.pubsub.forget(session);
      engine.tracking.disable(session);
      engine.monitors.delete(session);
      session.reset();
      session.authenticated = engine.acl.isOpen;
      return RESET;
    },
  },
  {
    ...connection,
    group: "cluster",
    name: "readonly",
    arity: 1,
    flags: FAST | LOADING | STALE,
    since: "3.0.0",
    summary: "Lets a replica serve this connection's reads.",
    run: ctx => {
      if (!mayChooseReads(ctx)) return CLUSTER_DISABLED;
      ctx.session.readonly = true;
      return OK;
    },
  },
  {
    ...connection,
    group: "cluster",
    name: "readwrite",
    arity: 1,
    flags: FAST | LOADING | STALE,
    since: "3.0.0",
    summary: "Takes READONLY back.",
    run: ctx => {
      if (!mayChooseReads(ctx)) return CLUSTER_DISABLED;
      ctx.session.readonly = false;
      return OK;
    },
  },
  {
    ...connection,
    group: "cluster",
    name: "asking",
    arity: 1,
    flags: FAST,
    since: "3.0.0",
    summary: "Lets the next command touch a slot that is being imported.",
    run: ctx => {
      if (ctx.engine.cluster === null) return CLUSTER_DISABLED;
      ctx.session.asking = true;
      return OK;
    },
  },
];

const RESET = new Status("RESET");
const NO_MONITOR = new ErrorReply("ERR MONITOR isn't allowed for DENY BLOCKING client");
