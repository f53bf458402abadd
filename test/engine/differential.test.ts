// The engine against a real redis-server 7.0.15: the same random calls to both, every reply compared word for word, and
// at the end of each sequence all databases, what INFO says of them and what was counted.
//
// CACHECAST_FUZZ_RUNS sets the number of sequences, CACHECAST_FUZZ_SEED their seed.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/engine/commands/index.ts";
import { sequence } from "./differential-calls.ts";
import { Pair } from "./differential-pair.ts";
import { talk } from "./harness.ts";
import { type Client, noServer, type RealServer, startServer } from "./real-server.ts";
import type { Wire } from "./wire.ts";

const RUNS = Number(process.env.CACHECAST_FUZZ_RUNS ?? 300);
const SEED = Number(process.env.CACHECAST_FUZZ_SEED ?? 20_260_101);

/** Why a command of the table is not among the random calls: itself, or its whole container. */
const EXCUSED: Readonly<Record<string, string>> = {
  quit: "closes the connection",
  "command|count": "the tables differ by version",
  "command|info": "compared below",
  "command|list": "the tables differ by version",
  "command|docs": "held by test/oracle/commands.test.ts",
  "command|getkeysandflags": "held by test/oracle/commands.test.ts",
  client: "tells of connections; held by unit tests and the official suite",
  pfselftest: "takes seconds there",
  bgsave: "ends when it likes",
  bgrewriteaof: "ends when it likes",
  "debug|set-active-expire": "the test itself turns the cycle off",
  ...Object.fromEntries(
    ["multi", "exec", "discard", "watch", "unwatch", "publish"].map(name => [
      name,
      "what is compared loosely outside a transaction cannot be inside; held by unit tests and the official suite",
    ]),
  ),
  monitor: "held by unit tests and the official suite",
  "config|rewrite": "needs a file",
  acl: "held by test/engine/acl and the official suite",
  memory: "tells of the allocator",
  lolwut: "is drawn",
  module: "there are none",
  shutdown: "ends the server",
  migrate: "needs two servers",
  sync: "takes the connection; held by test/serve/replication.test.ts",
  psync: "takes the connection; held by test/serve/replication.test.ts",
  replconf: "takes the connection; held by test/serve/replication.test.ts",
  replicaof: "needs two servers; held by test/serve/replication.test.ts",
  slaveof: "needs two servers; held by test/serve/replication.test.ts",
  role: "held by test/serve/replication.test.ts",
  failover: "needs two servers; held by test/serve/replication.test.ts",
  wait: "waits in real time; held by test/serve/replication.test.ts",
  waitaof: "waits in real time; held by test/serve/replication.test.ts",
  cluster: "needs cluster mode; held by unit tests",
  subscribe: "changes what a connection may do; held by test/engine/pubsub.test.ts",
  psubscribe: "changes what a connection may do; held by test/engine/pubsub.test.ts",
  ssubscribe: "changes what a connection may do; held by test/engine/pubsub.test.ts",
  unsubscribe: "held by test/engine/pubsub.test.ts",
  punsubscribe: "held by test/engine/pubsub.test.ts",
  sunsubscribe: "held by test/engine/pubsub.test.ts",
  spublish: "held by test/engine/pubsub.test.ts",
  pubsub: "held by test/engine/pubsub.test.ts",
  eval: "held by test/lua",
  eval_ro: "held by test/lua",
  evalsha: "held by test/lua",
  evalsha_ro: "held by test/lua",
  script: "held by test/lua",
  fcall: "held by test/lua",
  fcall_ro: "held by test/lua",
  function: "held by test/lua",
};

/** Name, arity, flags and key positions of a description by COMMAND INFO. */
function facts(description: Wire): Wire {
  if (typeof description === "string") return description;
  const [name, arity, flags, first, last, step] = description;
  return [name, arity, [...(flags as readonly Wire[])].sort(), first, last, step];
}

/** Facts that the engine states as later versions do. */
const LATER: ReadonlySet<string> = new Set([
  ...["zrank", "zrevrank", "multi", "watch", "wait", "waitaof", "script|show"],
  ...["command|getkeys", "command|getkeysandflags", "client|setinfo", "client|no-touch", "client|capa"],
  // Scripts may call what waits since 7.2.
  ...["blpop", "brpop", "blmove", "brpoplpush", "bzpopmin", "bzpopmax"],
  ...["info", "myid", "myshardid", "nodes", "shards", "slot-stats", "slots"].map(name => `cluster|${name}`),
]);

describe("random calls", () => {
  it("call every command of the table, or it is said why not", () => {
    const called = new Set<string>();
    for (const { calls } of fc.sample(sequence, { numRuns: 2_000, seed: 1 })) {
      for (const words of calls) {
        const name = String(words[0]).toLowerCase();
        const child = COMMANDS.get(name)?.children?.get(String(words[1]).toLowerCase());
        called.add(child?.fullName ?? name);
      }
    }
    called.add("debug|sleep"); // with each key that expires
    const leaves = [...COMMANDS.values()].flatMap(command =>
      command.children ? [...command.children.values()] : [command],
    );
    const missing = leaves
      .map(command => command.fullName)
      .filter(
        name => !called.has(name) && !(name in EXCUSED) && !(name.split("|")[0] in EXCUSED) && !name.endsWith("|help"),
      );
    expect(missing).toEqual([]);
  });
});

if (noServer !== null) console.log(`engine and redis-server are not compared: ${noServer}`);

describe.skipIf(noServer !== null)("engine and redis-server", () => {
  let server: RealServer;
  let client: Client;
  let admin: Client;

  beforeAll(async () => {
    server = await startServer("--databases", "16", "--enable-debug-command", "yes");
    client = await server.connect();
    admin = await server.connect();
  });

  afterAll(async () => {
    client?.close();
    admin?.close();
    await server?.stop();
  });

  it(`random calls answer alike and leave the same data (${RUNS} sequences, seed ${SEED})`, {
    timeout: 3_600_000,
  }, async () => {
    const pair = new Pair(client, admin);
    await fc.assert(
      fc.asyncProperty(sequence, async one => {
        expect(await pair.difference(one)).toBeNull();
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it("COMMAND INFO name answers the same arity, flags and key positions, but for what later versions changed", async () => {
    const ours = talk();
    const different: string[] = [];
    const compare = (name: string, mine: Wire, theirs: Wire | undefined) => {
      const same = theirs !== undefined && JSON.stringify(facts(mine)) === JSON.stringify(facts(theirs));
      if (!same) different.push(name);
    };
    for (const command of COMMANDS.values()) {
      // DEBUG is one command there: its subcommands are the handler's business.
      if (command.name === "debug") continue;
      const [theirs] = (await client.call("COMMAND", "INFO", command.name)) as readonly Wire[];
      const [mine] = ours(`COMMAND INFO ${command.name}`) as readonly Wire[];
      compare(command.name, mine, theirs);
      for (const child of mine[9] as readonly Wire[]) {
        const known = Array.isArray(theirs) ? (theirs[9] as readonly Wire[]) : [];
        compare(
          String(child[0]).slice(1),
          child,
          known.find(other => other[0] === child[0]),
        );
      }
    }
    expect(new Set(different)).toEqual(LATER);
  });
});
