// MIGRATE: keys go to another server, and are deleted here when they have arrived.

import { intAt, integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { type CommandSpec, MOVABLE_KEYS, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import type { MigrationRequest } from "../host.ts";
import { NO_EXPIRY } from "../keyspace.ts";
import { dumpPayload } from "../rdb/payload.ts";
import { BLOCKED, ErrorReply, OK, type Reply, Status } from "../reply.ts";

const NO_KEY = new Status("NOKEY");
const NO_WAY = new ErrorReply("IOERR error or timeout connecting to the client");
const KEY_MUST_BE_EMPTY = new ErrorReply(
  "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string",
);
const DEFAULT_TIMEOUT_MS = 1_000;

interface Options {
  copy: boolean;
  replace: boolean;
  auth: readonly string[];
  keys: readonly string[];
}

function parse(argv: readonly Bytes[]): Options | ErrorReply {
  const options: Options = { copy: false, replace: false, auth: [], keys: [keyAt(argv, 3)] };
  for (let i = 6; i < argv.length; i++) {
    const word = wordAt(argv, i);
    if (word === "COPY") options.copy = true;
    else if (word === "REPLACE") options.replace = true;
    else if (word === "AUTH" && i + 1 < argv.length) options.auth = [textAt(argv, ++i)];
    else if (word === "AUTH2" && i + 2 < argv.length) {
      options.auth = [textAt(argv, i + 1), textAt(argv, i + 2)];
      i += 2;
    } else if (word === "KEYS") {
      if (textAt(argv, 3) !== "") return KEY_MUST_BE_EMPTY;
      options.keys = argv.slice(i + 1).map(textOf);
      return options;
    } else return SYNTAX;
  }
  return options;
}

/** Positions of the keys: the third argument, or what follows KEYS when that is empty. */
function positions(argv: readonly Bytes[]): number[] {
  if (textAt(argv, 3) !== "") return [3];
  const from = argv.findIndex((_, i) => i > 5 && wordAt(argv, i) === "KEYS");
  return from === -1 ? [] : Array.from({ length: argv.length - from - 1 }, (_, i) => from + 1 + i);
}

function migrate(ctx: Context, argv: readonly Bytes[]): Reply {
  const options = parse(argv);
  if (isError(options)) return options;
  const timeout = integerAt(argv, 5);
  if (isError(timeout)) return timeout;
  const database = intAt(argv, 4);
  if (isError(database)) return database;
  const { engine, db, session } = ctx;
  const keys: MigrationRequest["keys"][number][] = [];
  for (const key of options.keys) {
    const entry = ctx.read(key);
    if (entry === NONE) continue;
    const expiry = db.expiryOf(entry);
    const ttlMs = expiry === NO_EXPIRY ? 0 : Math.max(1, expiry - ctx.nowMs);
    keys.push({ key, ttlMs, payload: dumpPayload(engine, db, entry) });
  }
  if (keys.length === 0) return NO_KEY;
  if (engine.host === null || !ctx.mayBlock) return NO_WAY;
  let answer: Reply = null;
  const request: MigrationRequest = {
    asking: engine.cluster !== null,
    host: textAt(argv, 1),
    port: textAt(argv, 2),
    database,
    timeoutMs: timeout <= 0 ? DEFAULT_TIMEOUT_MS : timeout,
    replace: options.replace,
    auth: options.auth,
    keys,
  };
  engine.host.migrate(request, (arrived, problem) => {
    if (!options.copy) leave(ctx, db.index, arrived);
    answer = problem === null ? OK : new ErrorReply(problem);
    engine.blocking.poll();
  });
  engine.blocking.parkUntil(
    session,
    ctx.command,
    argv,
    0,
    () => answer,
    () => NO_WAY,
  );
  return BLOCKED;
}

/** The keys that have arrived are deleted here, and replicas hear of it. */
function leave({ engine }: Context, database: number, keys: readonly string[]): void {
  const db = engine.database(database);
  for (const key of keys) {
    const entry = db.find(key);
    if (entry === NONE) continue;
    engine.dropKey(db, entry, false);
    engine.notifyKeyspace("g", "del", key, database);
  }
  if (keys.length > 0) engine.propagation.add(database, ["DEL", ...keys]);
}

export const MIGRATE_COMMANDS: readonly CommandSpec[] = [
  {
    name: "migrate",
    arity: -6,
    flags: WRITE | MOVABLE_KEYS,
    keyPositions: positions,
    group: "generic",
    since: "2.6.0",
    complexity: "O(N) in the elements of the values, and their transfer",
    summary: "Moves keys to another server.",
    cost: "dump",
    run: migrate,
  },
];
