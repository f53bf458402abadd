// One sequence of random calls on a real server and on the engine, and the first difference between the two.

import type { Engine } from "../../src/engine/engine.ts";
import { PARAMETER_NAMES } from "../../src/engine/parameters.ts";
import type { Session } from "../../src/engine/session.ts";
import { sameButTimes } from "./calls/stream.ts";
import { flatten, resolve, type Sequence } from "./differential-calls.ts";
import { testEngine } from "./harness.ts";
import { type Client, infoFields } from "./real-server.ts";
import { NIL, NIL_LIST, type Wire, wire } from "./wire.ts";

/** Databases that the calls can reach. */
const DATABASES = ["0", "1", "2", "15"];
/** How far times may lie apart on a machine that is busy with other things. */
const TOLERANCE_MS = 20_000;

/** Parameters that every sequence starts with. The LFU counter counts every access, so that it can be compared. */
function startParameters(policy: string): Record<string, string> {
  return {
    "maxmemory-policy": policy,
    maxmemory: policy === "noeviction" ? "0" : "1073741824",
    "lfu-log-factor": "0",
    "lfu-decay-time": "0",
    hz: "10",
    maxclients: "4000",
    "maxmemory-samples": "5",
    "active-expire-effort": "1",
    "lazyfree-lazy-user-del": "no",
    "replica-read-only": "yes",
    "list-max-listpack-size": "-2",
    "list-compress-depth": "0",
    "hll-sparse-max-bytes": "3000",
    "min-replicas-to-write": "0",
    "min-replicas-max-lag": "10",
    "proto-max-bulk-len": "536870912",
    "repl-backlog-size": "1048576",
    requirepass: "",
    "hash-max-listpack-entries": "512",
    "hash-max-listpack-value": "64",
    "zset-max-listpack-entries": "128",
    "zset-max-listpack-value": "64",
    "set-max-intset-entries": "512",
    "stream-node-max-entries": "100",
    "stream-node-max-bytes": "4096",
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// What may differ.

type Same = (real: Wire, ours: Wire) => boolean;

const equal: Same = (real, ours) => JSON.stringify(real) === JSON.stringify(ours);
const asSet: Same = (real, ours) =>
  Array.isArray(real) && Array.isArray(ours) ? equal([...real].sort(), [...ours].sort()) : equal(real, ours);
/** The same kind of reply, whatever it says. */
const sameKind: Same = (real, ours) => (typeof real === "string" ? real[0] === ours[0] : Array.isArray(ours));
/** Integers close to each other; -1 and -2 only like themselves. */
const near =
  (tolerance: number): Same =>
  (real, ours) => {
    const [left, right] = [Number(String(real).slice(1)), Number(String(ours).slice(1))];
    if (!(left >= 0 && right >= 0)) return equal(real, ours);
    return Math.abs(left - right) <= tolerance;
  };
/** Parameters and values in any order; those that the engine does not have are left out. */
const asParameters: Same = (real, ours) => {
  if (!Array.isArray(real) || !Array.isArray(ours)) return equal(real, ours);
  const known = new Set(PARAMETER_NAMES.map(name => `$${name}`));
  const pairs = (items: readonly Wire[]): Wire[] =>
    items.flatMap((name, i) => (i % 2 === 0 && known.has(String(name).toLowerCase()) ? [[name, items[i + 1]]] : []));
  return asSet(pairs(real), pairs(ours));
};

/** Fields and values, pairs in any order. */
const asPairs: Same = (real, ours) => {
  if (!Array.isArray(real) || !Array.isArray(ours)) return equal(real, ours);
  const pairs = (items: readonly Wire[]): Wire[] =>
    items.flatMap((item, i) => (i % 2 === 0 ? [JSON.stringify([item, items[i + 1]])] : []));
  return asSet(pairs(real), pairs(ours));
};
/** A step of a scan that reaches the end. */
const scanned =
  (same: Same): Same =>
  (real, ours) =>
    Array.isArray(real) && Array.isArray(ours) ? equal(real[0], ours[0]) && same(real[1], ours[1]) : equal(real, ours);
/** As many items. */
const asMany: Same = (real, ours) =>
  Array.isArray(real) && Array.isArray(ours) ? real.length === ours.length : (real === NIL) === (ours === NIL);
/** The buckets of a small table depend on the hashes, which are seeded: it grows a little earlier or later. */
const tableBytes: Same = (real, ours) => {
  const [left, right] = [Number(String(real).slice(1)), Number(String(ours).slice(1))];
  return Math.abs(left - right) <= 0.35 * left;
};

/** A wait in vain: an empty array there, where the call really waits, and nothing here, where it may not. */
const asWait: Same = (real, ours) => equal(real === NIL_LIST ? NIL : real, ours === NIL_LIST ? NIL : ours);

/** Texts that are alike up to a zero stand in an order that is chance where the set's is. */
const asCollated: Same = (real, ours) =>
  Array.isArray(real) && Array.isArray(ours)
    ? asSet(real, ours) && equal(real.map(upToZero), ours.map(upToZero))
    : equal(real, ours);
const upToZero = (text: Wire): Wire => (typeof text === "string" ? text.split("\0")[0] : text);

/** Tables come in the order of their seed, and streams note the time. */
const UNORDERED = new Set(["\x02", "\x04", "\x13"]);
const asDump: Same = (real, ours) =>
  UNORDERED.has(String(real)[1]) ? String(real)[1] === String(ours)[1] : equal(real, ours);

const COMPARE: Readonly<Record<string, Same>> = {
  ttl: near(TOLERANCE_MS / 1_000),
  pttl: near(TOLERANCE_MS),
  expiretime: near(TOLERANCE_MS / 1_000),
  pexpiretime: near(TOLERANCE_MS),
  keys: asSet,
  blmove: asWait,
  brpoplpush: asWait,
  scan: (real, ours) => (Array.isArray(real) && Array.isArray(ours) ? asSet(real[1], ours[1]) : equal(real, ours)),
  randomkey: (real, ours) => (real === NIL) === (ours === NIL),
  time: sameKind,
  info: sameKind,
  hello: (real, ours) =>
    Array.isArray(real) && Array.isArray(ours) ? equal(real.toSpliced(7, 1), ours.toSpliced(7, 1)) : equal(real, ours),
  sort: asCollated,
  sort_ro: asCollated,
  smembers: asSet,
  sinter: asSet,
  sunion: asSet,
  sdiff: asSet,
  spop: asSet,
  hkeys: asSet,
  hvals: asSet,
  hgetall: asPairs,
  sscan: scanned(asSet),
  hscan: scanned(asPairs),
  srandmember: asMany,
  hrandfield: asMany,
  zscan: scanned(asPairs),
  zrandmember: asMany,
  xinfo: sameButTimes,
  xpending: sameButTimes,
  xread: asWait,
  xreadgroup: asWait,
  slowlog: sameKind,
  latency: sameKind,
  "client id": sameKind,
  "client info": sameKind,
  "debug object": sameKind,
  dump: asDump,
  lastsave: sameKind,
  // From a few members in the order of a seeded hash; at the end it is asked of all of them.
  "memory usage": sameKind,
  "config get": asParameters,
};

function comparison(argv: readonly string[], policy: string): Same {
  const name = argv[0].toLowerCase();
  const full = `${name} ${(argv[1] ?? "").toLowerCase()}`;
  // Under noeviction small integers are one object for all keys, with one age.
  if (full === "object idletime") return policy === "noeviction" ? sameKind : near(TOLERANCE_MS / 1_000);
  return COMPARE[full] ?? COMPARE[name] ?? equal;
}

// ---------------------------------------------------------------------------------------------------------------------

/**
 * The calls as they are sent, several at once. RESET, which may take the authentication away, goes alone: a client that
 * has none is cut off with a kilobyte of replies unread.
 */
function inPieces(calls: readonly string[][]): string[][][] {
  const pieces: string[][][] = [];
  for (const call of calls) {
    const last = pieces.at(-1);
    const alone = call[0] === "RESET" || last?.[0][0] === "RESET";
    if (last === undefined || alone || last.length === 10) pieces.push([call]);
    else last.push(call);
  }
  return pieces;
}

export class Pair {
  private engine!: Engine;
  private session!: Session;
  private copies = false;

  constructor(
    private readonly client: Client,
    private readonly admin: Client,
  ) {}

  /** Runs a sequence on both; the first difference as text, or null. */
  async difference({ policy, calls }: Sequence): Promise<string | null> {
    const parameters = startParameters(policy);
    await this.admin.pipeline([
      ["CONFIG", "SET", ...Object.entries(parameters).flat()],
      ["FLUSHALL"],
      ["DEBUG", "SET-ACTIVE-EXPIRE", "0"],
      ["SELECT", "0"],
    ]);
    await this.client.call("RESET");
    await this.admin.call("CONFIG", "RESETSTAT");
    const nowMs = Date.now();
    this.engine = testEngine({ quantum: 16, nowMs, parameters });
    this.engine.allowProtected = true;
    this.session = this.engine.session(1);
    this.run(["CONFIG", "RESETSTAT"]);

    // A copied small integer is an object of its own there and the shared one here: 16 bytes that nobody misses.
    this.copies = calls.some(words => words[0] === "COPY");
    const sent = flatten(calls).map((call, step) => call.map(word => resolve(word, step, nowMs)));
    const real: Wire[] = [];
    for (const piece of inPieces(sent)) real.push(...(await this.client.pipeline(piece)));
    for (const [step, argv] of sent.entries()) {
      const ours = this.run(argv);
      if (this.copies && argv[1] === "refcount") continue;
      if (!comparison(argv, policy)(real[step], ours)) {
        return `call ${step}: ${JSON.stringify(argv)}\n  real ${JSON.stringify(real[step])}\n  ours ${JSON.stringify(ours)}`;
      }
    }
    return (await this.countsDiffer()) ?? (await this.dataDiffer());
  }

  private run(argv: readonly string[], session = this.session): Wire {
    const reply = wire(this.engine.execute(session, argv));
    if (argv[0] === "DEBUG" && argv[1] === "SLEEP" && reply === "+OK") {
      this.engine.setTime(this.engine.nowMs + Number(argv[2]) * 1_000);
    }
    return reply;
  }

  /** A session that may look although the calls have set a password. */
  private inspector(): Session {
    const session = this.engine.session(2);
    session.authenticated = true;
    return session;
  }

  private async countsDiffer(): Promise<string | null> {
    const real = infoFields(await this.admin.call("INFO", "stats", "commandstats", "keyspace"));
    const ours = infoFields(this.run(["INFO", "stats", "commandstats", "keyspace"], this.inspector()));
    const keyspace = (text: string | undefined) => text?.replace(/,avg_ttl=\d+/u, "");
    for (const name of ["keyspace_hits", "keyspace_misses", "expired_keys", "evicted_keys", "total_error_replies"]) {
      if (real.get(name) !== ours.get(name)) return `${name}: real ${real.get(name)}, ours ${ours.get(name)}`;
    }
    const calls = (fields: Map<string, string>) =>
      [...fields]
        .filter(([name]) => name.startsWith("cmdstat_") && !name.startsWith("cmdstat_debug"))
        .map(([name, text]) => `${name} ${text.replace(/usec=.*?call=[\d.]+,/u, "")}`);
    const [theirs, mine] = [calls(real), calls(ours)];
    const odd = [...theirs.filter(line => !mine.includes(line)), "|", ...mine.filter(line => !theirs.includes(line))];
    if (odd.length > 1) return `calls: ${odd.join(" ")}`;
    for (const name of ["db0", "db1", "db2", "db15"]) {
      if (keyspace(real.get(name)) !== keyspace(ours.get(name))) {
        return `${name}: real ${real.get(name)}, ours ${ours.get(name)}`;
      }
    }
    return null;
  }

  /** Walks all databases, key by key. */
  private async dataDiffer(): Promise<string | null> {
    const session = this.inspector();
    const lists = await this.admin.pipeline(
      DATABASES.flatMap(db => [
        ["SELECT", db],
        ["KEYS", "*"],
      ]),
    );
    for (const [i, db] of DATABASES.entries()) {
      const names = [...(lists[2 * i + 1] as Wire[])].map(name => String(name).slice(1)).sort();
      const calls = names.flatMap(name => [
        ["OBJECT", "ENCODING", name],
        ["MEMORY", "USAGE", name, "SAMPLES", "0"],
        ["OBJECT", "REFCOUNT", name],
        ["OBJECT", "FREQ", name],
        ["PTTL", name],
        ["TYPE", name],
        ["GET", name],
        ["LRANGE", name, "0", "-1"],
        ["ZRANGE", name, "0", "-1", "WITHSCORES"],
        ["HGETALL", name],
        ["SMEMBERS", name],
        ["XINFO", "STREAM", name, "FULL", "COUNT", "0"],
      ]);
      const real = await this.admin.pipeline([["SELECT", db], ["DBSIZE"], ...calls]);
      this.run(["SELECT", db], session);
      const ours = [["DBSIZE"], ...calls].map(call => this.run(call, session));
      for (const [step, call] of [["DBSIZE"], ...calls].entries()) {
        if (call[1] === "REFCOUNT" && this.copies) continue;
        const hashed = real[step] === "$hashtable" || real[step] === "$skiplist";
        const same = call[0] !== "MEMORY" ? comparison(call, "") : hashed ? tableBytes : equal;
        if (!same(real[step + 1], ours[step])) {
          return `db ${db}, ${JSON.stringify(call)}: real ${JSON.stringify(real[step + 1])}, ours ${JSON.stringify(ours[step])}`;
        }
      }
    }
    return null;
  }
}
