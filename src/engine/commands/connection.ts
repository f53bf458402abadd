// The connection itself: PING, ECHO, SELECT, AUTH, HELLO, CLIENT, QUIT, RESET, READONLY, ASKING.

import { intAt, integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { ALLOW_BUSY, type CommandSpec, FAST, LOADING, NO_AUTH, NOSCRIPT, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import {
  CLUSTER_DISABLED,
  CLUSTER_SELECT,
  DB_INDEX_OUT_OF_RANGE,
  NO_PROTO,
  WRONG_PASSWORD,
  wrongArity,
} from "../errors.ts";
import { ErrorReply, MapReply, OK, PONG, type Reply, Status } from "../reply.ts";

const AUTH_WITHOUT_PASSWORD = new ErrorReply(
  "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
);

function authenticate(ctx: Context, user: string, password: string): ErrorReply | null {
  const expected = ctx.engine.settings.password;
  if (user !== "default" || (expected !== "" && password !== expected)) return WRONG_PASSWORD;
  ctx.session.authenticated = true;
  ctx.session.user = user;
  return null;
}

function auth(ctx: Context, argv: readonly Bytes[]): Reply {
  if (argv.length > 3) return SYNTAX;
  if (argv.length === 2 && ctx.engine.settings.password === "") return AUTH_WITHOUT_PASSWORD;
  const user = argv.length === 3 ? textAt(argv, 1) : "default";
  return authenticate(ctx, user, textOf(argv[argv.length - 1])) ?? OK;
}

const INVALID_CLIENT_NAME = new ErrorReply("ERR Client names cannot contain spaces, newlines or special characters.");

function isClientName(name: string): boolean {
  return /^[\x21-\x7e]*$/u.test(name);
}

function helloWithoutAuth(ctx: Context): ErrorReply {
  const proto = ctx.engine.profile.product === "redis" ? "" : " <proto>";
  return new ErrorReply(
    `NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO${proto} AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time`,
  );
}

function hello(ctx: Context, argv: readonly Bytes[]): Reply {
  const { session, engine } = ctx;
  let protocol: number = session.resp;
  if (argv.length > 1) {
    const wanted = integerAt(argv, 1);
    if (isError(wanted)) return new ErrorReply("ERR Protocol version is not an integer or out of range");
    if (wanted !== 2 && wanted !== 3) return NO_PROTO;
    protocol = wanted;
  }
  let name: string | null = null;
  for (let i = 2; i < argv.length; i++) {
    const word = wordAt(argv, i);
    if (word === "AUTH" && i + 2 < argv.length) {
      const refused = authenticate(ctx, textAt(argv, i + 1), textAt(argv, i + 2));
      if (refused !== null) return refused;
      i += 2;
    } else if (word === "SETNAME" && i + 1 < argv.length) {
      name = textAt(argv, ++i);
      if (!isClientName(name)) return INVALID_CLIENT_NAME;
      // 7.0 and 7.1 name the connection at once, whatever becomes of the call.
      if (engine.profile.product === "redis") session.name = name;
    } else {
      return new ErrorReply(`ERR Syntax error in HELLO option '${textAt(argv, i)}'`);
    }
  }
  if (!session.authenticated) return helloWithoutAuth(ctx);
  if (name !== null) session.name = name;
  session.resp = protocol as 2 | 3;
  const { profile } = engine;
  return new MapReply([
    "server",
    profile.product === "redis" ? "redis" : "valkey",
    "version",
    profile.version,
    "proto",
    protocol,
    "id",
    session.id,
    "mode",
    engine.parameters.flag("cluster-enabled") ? "cluster" : "standalone",
    "role",
    engine.role === "primary" ? "master" : "replica",
    "modules",
    [],
  ]);
}

function select(ctx: Context, argv: readonly Bytes[]): Reply {
  const index = intAt(argv, 1);
  if (isError(index)) return index;
  if (ctx.engine.parameters.flag("cluster-enabled") && index !== 0) return CLUSTER_SELECT;
  if (index < 0 || index >= ctx.engine.databases.length) return DB_INDEX_OUT_OF_RANGE;
  ctx.session.db = index;
  return OK;
}

function clientInfo(ctx: Context): string {
  const { session, engine } = ctx;
  const age = Math.floor((engine.nowMs - session.createdMs) / 1_000);
  return `id=${session.id} name=${session.name} age=${age} idle=0 flags=N db=${session.db} resp=${session.resp} user=${session.user}\n`;
}

const connection = { group: "connection", complexity: "O(1)", cost: "ping" } as const;
const always = LOADING | STALE | FAST | NO_AUTH | NOSCRIPT | ALLOW_BUSY;
const clientFlags = NOSCRIPT | LOADING | STALE;

const CLIENT_SUBCOMMANDS: readonly CommandSpec[] = [
  {
    ...connection,
    name: "id",
    arity: 2,
    flags: clientFlags,
    since: "5.0.0",
    summary: "The connection's number.",
    run: ctx => ctx.session.id,
  },
  {
    ...connection,
    name: "getname",
    arity: 2,
    flags: clientFlags,
    since: "2.6.9",
    summary: "The connection's name.",
    run: ctx => (ctx.session.name === "" ? null : ctx.session.name),
  },
  {
    ...connection,
    name: "setname",
    arity: 3,
    flags: clientFlags,
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
    ...connection,
    name: "setinfo",
    arity: 4,
    flags: clientFlags,
    since: "7.2.0",
    summary: "Tells the client library's name or version.",
    run: (_ctx, argv) => {
      const word = wordAt(argv, 2);
      if (word === "LIB-NAME" || word === "LIB-VER") return OK;
      return new ErrorReply(`ERR Unrecognized option '${textAt(argv, 2)}'`);
    },
  },
  {
    ...connection,
    name: "info",
    arity: 2,
    flags: clientFlags,
    since: "6.2.0",
    summary: "The connection's state.",
    run: clientInfo,
  },
  {
    ...connection,
    name: "no-touch",
    arity: 3,
    flags: clientFlags,
    since: "7.2.0",
    summary: "Whether this connection's accesses count for aging.",
    run: (ctx, argv) => {
      const word = wordAt(argv, 2);
      if (word !== "ON" && word !== "OFF") return SYNTAX;
      ctx.session.noTouch = word === "ON";
      return OK;
    },
  },
];

export const CONNECTION_COMMANDS: readonly CommandSpec[] = [
  {
    ...connection,
    name: "ping",
    arity: -1,
    flags: FAST,
    since: "1.0.0",
    summary: "Answers PONG, or the given message.",
    run: (_ctx, argv) => {
      if (argv.length > 2) return wrongArity("ping");
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
    name: "auth",
    arity: -2,
    flags: always,
    since: "1.0.0",
    summary: "Proves who the client is.",
    run: auth,
  },
  {
    ...connection,
    name: "hello",
    arity: -1,
    flags: always,
    since: "6.0.0",
    summary: "Chooses the protocol version and tells what server this is.",
    run: hello,
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
    name: "reset",
    arity: 1,
    flags: always,
    since: "6.2.0",
    summary: "Puts the connection back to how it began.",
    run: ctx => {
      ctx.session.reset();
      ctx.session.authenticated = ctx.engine.settings.password === "";
      return RESET;
    },
  },
  {
    ...connection,
    name: "readonly",
    arity: 1,
    flags: FAST | LOADING | STALE,
    since: "3.0.0",
    summary: "Lets a replica serve this connection's reads.",
    run: ctx => {
      if (ctx.engine.cluster === null) return CLUSTER_DISABLED;
      ctx.session.readonly = true;
      return OK;
    },
  },
  {
    ...connection,
    name: "readwrite",
    arity: 1,
    flags: FAST | LOADING | STALE,
    since: "3.0.0",
    summary: "Takes READONLY back.",
    run: ctx => {
      if (ctx.engine.cluster === null) return CLUSTER_DISABLED;
      ctx.session.readonly = false;
      return OK;
    },
  },
  {
    ...connection,
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
