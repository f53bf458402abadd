// Logging in: AUTH and HELLO.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { ALLOW_BUSY, type CommandSpec, FAST, LOADING, NO_AUTH, NOSCRIPT, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { NO_PROTO, WRONG_PASSWORD } from "../errors.ts";
import { ErrorReply, MapReply, OK, type Reply } from "../reply.ts";
import { INVALID_CLIENT_NAME, isClientName } from "./client-name.ts";

const AUTH_WITHOUT_PASSWORD = new ErrorReply(
  "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
);
const BAD_PROTOCOL = new ErrorReply("ERR Protocol version is not an integer or out of range");

function authenticate(ctx: Context, argv: readonly Bytes[], user: string, password: string): ErrorReply | null {
  return ctx.engine.acl.authenticate(ctx.session, user, password, textOf(argv[0])) ? null : WRONG_PASSWORD;
}

function auth(ctx: Context, argv: readonly Bytes[]): Reply {
  if (argv.length > 3) return SYNTAX;
  if (argv.length === 2 && ctx.engine.acl.default.nopass) return AUTH_WITHOUT_PASSWORD;
  const user = argv.length === 3 ? textAt(argv, 1) : "default";
  return authenticate(ctx, argv, user, textOf(argv[argv.length - 1])) ?? OK;
}

function helloWithoutAuth(isRedis: boolean): ErrorReply {
  const proto = isRedis ? "" : " <proto>";
  return new ErrorReply(
    `NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO${proto} AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time`,
  );
}

interface HelloOptions {
  protocol: 2 | 3;
  name: string | null;
  login: readonly [user: string, password: string] | null;
}

/** Reads the options; 7.0 and 7.1 act on each at once, whatever becomes of the call. */
function helloOptions(ctx: Context, argv: readonly Bytes[]): HelloOptions | ErrorReply {
  const { session, engine } = ctx;
  const atOnce = engine.profile.product === "redis";
  const options: HelloOptions = { protocol: session.resp, name: null, login: null };
  if (argv.length > 1) {
    const wanted = integerAt(argv, 1);
    if (isError(wanted)) return BAD_PROTOCOL;
    if (wanted !== 2 && wanted !== 3) return NO_PROTO;
    options.protocol = wanted;
  }
  for (let i = 2; i < argv.length; i++) {
    const word = wordAt(argv, i);
    if (word === "AUTH" && i + 2 < argv.length) {
      const login = [textAt(argv, i + 1), textAt(argv, i + 2)] as const;
      const refused = atOnce ? authenticate(ctx, argv, ...login) : null;
      if (refused !== null) return refused;
      options.login = atOnce ? null : login;
      i += 2;
    } else if (word === "SETNAME" && i + 1 < argv.length) {
      options.name = textAt(argv, ++i);
      if (!isClientName(options.name)) return INVALID_CLIENT_NAME;
      if (atOnce) session.name = options.name;
    } else {
      return new ErrorReply(`ERR Syntax error in HELLO option '${textAt(argv, i)}'`);
    }
  }
  return options;
}

function hello(ctx: Context, argv: readonly Bytes[]): Reply {
  const { session, engine } = ctx;
  const options = helloOptions(ctx, argv);
  if (isError(options)) return options;
  if (options.login !== null) {
    const refused = authenticate(ctx, argv, ...options.login);
    if (refused !== null) return refused;
  }
  const { profile } = engine;
  if (!session.authenticated) return helloWithoutAuth(profile.product === "redis");
  if (options.name !== null) session.name = options.name;
  session.resp = options.protocol;
  const asRedis = profile.product === "redis" || engine.parameters.flag("extended-redis-compatibility");
  return new MapReply([
    "server",
    asRedis ? "redis" : "valkey",
    "version",
    asRedis ? profile.redisVersion : profile.version,
    "proto",
    session.resp,
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

const shape = {
  group: "connection",
  complexity: "O(1)",
  cost: "ping",
  flags: LOADING | STALE | FAST | NO_AUTH | NOSCRIPT | ALLOW_BUSY,
} as const;

export const AUTH_COMMANDS: readonly CommandSpec[] = [
  { ...shape, name: "auth", arity: -2, since: "1.0.0", summary: "Proves who the client is.", run: auth },
  {
    ...shape,
    name: "hello",
    arity: -1,
    since: "6.0.0",
    complexity: "O(1)",
    summary: "Chooses the protocol version and tells what server this is.",
    run: hello,
  },
];
