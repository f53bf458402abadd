// Replication: who follows whom, and the words that primaries and replicas exchange. The state is in replication/.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import {
  ADMIN,
  ALLOW_BUSY,
  type CommandSpec,
  FAST,
  LOADING,
  NO_ASYNC_LOADING,
  NO_MULTI,
  NOSCRIPT,
  STALE,
} from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { NOT_INTEGER } from "../errors.ts";
import { roleReply } from "../replication/info.ts";
import type { Replica } from "../replication/replica.ts";
import { ErrorReply, OK, type Reply, Several, Status } from "../reply.ts";
import { splitWords } from "../words.ts";

/** What is to be said is sent by other ways, or not at all. */
const NO_REPLY = new Several([]);
const HOST_LIMIT = 256;

function sync(ctx: Context, argv: readonly Bytes[]): Reply {
  const { engine, session } = ctx;
  const { replication } = engine;
  const { upstream, failover } = replication;
  if (session.isReplica) return NO_REPLY;
  const isPsync = ctx.command.name === "psync";
  if (isPsync && wordAt(argv, 3) === "FAILOVER") {
    replication.log(`Failover request received for replid ${textAt(argv, 1)}.`);
    if (upstream.primary === null) return new ErrorReply("ERR PSYNC FAILOVER can't be sent to a master.");
    if (textAt(argv, 1).toLowerCase() !== replication.id) {
      return new ErrorReply("ERR PSYNC FAILOVER replid must match my replid.");
    }
    upstream.promote();
    replication.log(`PRIMARY MODE enabled (failover request from '${session.address}')`);
  }
  if (failover.state !== "no-failover") return new ErrorReply("NOMASTERLINK Can't SYNC while failing over");
  if (upstream.primary !== null && !upstream.isConnected) {
    return new ErrorReply("NOMASTERLINK Can't SYNC while not connected with my master");
  }
  if (replication.host === null) return new ErrorReply("ERR replication is not served here");
  const replica = replication.replicaOf(session);
  if (replica.filter !== null && !replica.capabilities.has("eof")) {
    return new ErrorReply("ERR Filtered replica requires EOF capability");
  }
  replication.log(`Replica ${replica.name} asks for synchronization`);
  if (isPsync) {
    const offset = integerAt(argv, 2);
    if (isError(offset)) return offset;
    const id = textAt(argv, 1);
    if (replication.resume(replica, id, offset)) {
      engine.stats.partialSyncsOk++;
      return NO_REPLY;
    }
    if (!id.startsWith("?")) engine.stats.partialSyncsRefused++;
  } else replica.isOld = true;
  replication.wantSnapshot(replica);
  return NO_REPLY;
}

function replconf(ctx: Context, argv: readonly Bytes[]): Reply {
  if (argv.length % 2 === 0) return SYNTAX;
  const replica = ctx.engine.replication.replicaOf(ctx.session);
  for (let i = 1; i < argv.length; i += 2) {
    const word = wordAt(argv, i);
    if (word === "ACK") {
      acknowledge(ctx, argv, i, replica);
      return NO_REPLY;
    }
    if (word === "GETACK") {
      ctx.engine.replication.host?.acknowledge();
      return NO_REPLY;
    }
    const problem = configure(ctx, argv, i, replica);
    if (problem !== null) return problem;
  }
  return OK;
}

function acknowledge(ctx: Context, argv: readonly Bytes[], at: number, replica: Replica): void {
  if (!ctx.session.isReplica) return;
  const offset = integerAt(argv, at + 1);
  if (isError(offset)) return;
  const fsynced = argv.length > at + 3 && wordAt(argv, at + 2) === "FACK" ? integerAt(argv, at + 3) : null;
  ctx.engine.replication.acknowledged(replica, offset, isError(fsynced) ? null : fsynced);
}

/** One option of REPLCONF; why it is refused, or null. */
function configure(ctx: Context, argv: readonly Bytes[], at: number, replica: Replica): ErrorReply | null {
  const text = textAt(argv, at + 1);
  switch (wordAt(argv, at)) {
    case "LISTENING-PORT": {
      const port = integerAt(argv, at + 1);
      if (isError(port)) return port;
      replica.port = port;
      return null;
    }
    case "IP-ADDRESS":
      if (text.length >= HOST_LIMIT) {
        return new ErrorReply(`ERR REPLCONF ip-address provided by replica instance is too long: ${text.length} bytes`);
      }
      replica.announcedAddress = text;
      return null;
    case "CAPA": {
      const capability = text.toLowerCase();
      if (capability === "eof" || capability === "psync2") replica.capabilities.add(capability);
      return null;
    }
    case "RDB-ONLY": {
      const only = zeroOrOne(argv, at + 1);
      if (isError(only)) return only;
      replica.snapshotOnly = only;
      return null;
    }
    case "RDB-FILTER-ONLY": {
      const words = splitWords(text);
      if (words === null) return new ErrorReply("ERR Missing rdb-filter-only values");
      const unknown = words.find(one => one.toLowerCase() !== "functions");
      if (unknown !== undefined) return new ErrorReply(`ERR Unsupported rdb-filter-only option: ${unknown}`);
      replica.filter = { functions: words.length > 0 };
      return null;
    }
    case "VERSION":
      if (ctx.engine.profile.product === "redis" || !/^\d+\.\d+\.\d+$/u.test(text)) {
        if (ctx.engine.profile.product === "redis") break;
        return new ErrorReply(`ERR Unrecognized version format: ${text}`);
      }
      replica.version = text;
      return null;
    case "RDB-CHANNEL": {
      const channel = zeroOrOne(argv, at + 1);
      return isError(channel) ? channel : null;
    }
  }
  return new ErrorReply(`ERR Unrecognized REPLCONF option: ${textAt(argv, at)}`);
}

function zeroOrOne(argv: readonly Bytes[], at: number): boolean | ErrorReply {
  const value = integerAt(argv, at);
  if (isError(value)) return value;
  return value === 0 || value === 1
    ? value === 1
    : new ErrorReply("ERR value is out of range, value must between 0 and 1");
}

function replicaOf(ctx: Context, argv: readonly Bytes[]): Reply {
  const { engine, session } = ctx;
  const { replication } = engine;
  const { upstream } = replication;
  if (engine.parameters.flag("cluster-enabled")) return new ErrorReply("ERR REPLICAOF not allowed in cluster mode.");
  if (replication.failover.state !== "no-failover") {
    return new ErrorReply("ERR REPLICAOF not allowed while failing over.");
  }
  if (wordAt(argv, 1) === "NO" && wordAt(argv, 2) === "ONE") {
    if (upstream.primary === null) return OK;
    upstream.promote();
    replication.log(`PRIMARY MODE enabled (user request from '${session.address}')`);
    return OK;
  }
  if (session.isReplica) return new ErrorReply("ERR Command is not valid when client is a replica.");
  const host = textAt(argv, 1);
  const port = integerAt(argv, 2);
  if (isError(port) || port < 0 || port > 65_535) return new ErrorReply("ERR Invalid master port");
  if (upstream.primary?.host.toLowerCase() === host.toLowerCase() && upstream.primary.port === port) {
    replication.log(
      "REPLICAOF would result into synchronization with the primary we are already connected with. No operation performed.",
    );
    return new Status("OK Already connected to specified master");
  }
  upstream.follow({ host, port });
  replication.log(`REPLICAOF ${host}:${port} enabled (user request from '${session.address}')`);
  return OK;
}

function failover(ctx: Context, argv: readonly Bytes[]): Reply {
  const { replication, parameters } = ctx.engine;
  if (parameters.flag("cluster-enabled")) return new ErrorReply("ERR FAILOVER not allowed in cluster mode.");
  if (argv.length === 2 && wordAt(argv, 1) === "ABORT") {
    if (replication.failover.state === "no-failover") return new ErrorReply("ERR No failover in progress.");
    replication.failover.abort("Failover manually aborted");
    return OK;
  }
  let timeoutMs = 0;
  let force = false;
  let target: { host: string; port: number } | null = null;
  for (let i = 1; i < argv.length; i++) {
    const word = wordAt(argv, i);
    if (word === "TIMEOUT" && i + 1 < argv.length && timeoutMs === 0) {
      const timeout = integerAt(argv, ++i);
      if (isError(timeout)) return NOT_INTEGER;
      if (timeout <= 0) return new ErrorReply("ERR FAILOVER timeout must be greater than 0");
      timeoutMs = timeout;
    } else if (word === "TO" && i + 2 < argv.length && target === null) {
      const port = integerAt(argv, i + 2);
      if (isError(port)) return NOT_INTEGER;
      target = { host: textAt(argv, i + 1), port };
      i += 2;
    } else if (word === "FORCE" && !force) force = true;
    else return SYNTAX;
  }
  if (replication.failover.state !== "no-failover") return new ErrorReply("ERR FAILOVER already in progress.");
  if (replication.upstream.primary !== null) {
    return new ErrorReply("ERR FAILOVER is not valid when server is a replica.");
  }
  if (replication.replicas.size === 0) return new ErrorReply("ERR FAILOVER requires connected replicas.");
  if (force && (timeoutMs === 0 || target === null)) {
    return new ErrorReply("ERR FAILOVER with force option requires both a timeout and target HOST and IP.");
  }
  if (target !== null) {
    const replica = replication.failover.replicaAt(target);
    if (replica === undefined) return new ErrorReply("ERR FAILOVER target HOST and PORT is not a replica.");
    if (replica.phase !== "online") return new ErrorReply("ERR FAILOVER target replica is not online.");
  }
  replication.failover.begin(target, timeoutMs, force);
  return OK;
}

const base = { group: "server", complexity: "O(1)", cost: "config" } as const;

export const REPLICATION_COMMANDS: readonly CommandSpec[] = [
  {
    ...base,
    name: "sync",
    arity: 1,
    flags: NO_ASYNC_LOADING | ADMIN | NO_MULTI | NOSCRIPT,
    since: "1.0.0",
    complexity: "O(N) in the size of the data",
    summary: "A replica asks for all data and what changes from then on.",
    run: sync,
  },
  {
    ...base,
    name: "psync",
    arity: -3,
    flags: NO_ASYNC_LOADING | ADMIN | NO_MULTI | NOSCRIPT,
    since: "2.8.0",
    complexity: "O(N) in what the replica lacks",
    summary: "A replica asks to go on from where it was.",
    run: sync,
  },
  {
    ...base,
    name: "replconf",
    arity: -1,
    flags: ADMIN | NOSCRIPT | LOADING | STALE | ALLOW_BUSY,
    since: "3.0.0",
    summary: "What primary and replica tell each other.",
    run: replconf,
  },
  {
    ...base,
    name: "replicaof",
    arity: 3,
    flags: NO_ASYNC_LOADING | ADMIN | NOSCRIPT | STALE,
    since: "5.0.0",
    summary: "Makes the server a replica of another one, or a primary.",
    run: replicaOf,
  },
  {
    ...base,
    name: "slaveof",
    arity: 3,
    flags: NO_ASYNC_LOADING | ADMIN | NOSCRIPT | STALE,
    since: "1.0.0",
    summary: "REPLICAOF by its old name.",
    run: replicaOf,
  },
  {
    ...base,
    name: "role",
    arity: 1,
    flags: NOSCRIPT | LOADING | STALE | FAST,
    since: "2.8.12",
    summary: "Whether it is a primary or a replica, and how replication stands.",
    run: ctx => roleReply(ctx.engine),
  },
  {
    ...base,
    name: "failover",
    arity: -1,
    flags: ADMIN | NOSCRIPT | STALE,
    since: "6.2.0",
    summary: "Hands the role of the primary over to a replica without losing anything.",
    run: failover,
  },
];
