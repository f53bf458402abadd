// Ready workloads: each is valid, runs without errors and does what it is for; what a scenario writes itself wins.

import { describe, expect, it, test } from "vitest";
import { provideLua } from "../../src/lua/index.ts";
import { FAILED } from "../../src/models/outcome.ts";
import { World } from "../../src/models/world.ts";
import { withReadyWorkloads } from "../../src/scenarios/ready-workloads.ts";
import { READY_WORKLOADS } from "../../src/workload/ready/index.ts";
import { BASE, load, problems } from "./fixture.ts";

provideLua();

const using = (workload: string, cluster = "") => `name: ready
duration: 4s
cluster: { engine: valkey-8.0, node: cache.r7g.large, replicas: 0${cluster} }
clients: [{ name: web }]
origin: { latency: 4ms }
workload:
  - ${workload}
`;

async function run(text: string, seconds = 4): Promise<World> {
  const { built } = await load(text);
  const world = new World(built.world(0, 5));
  world.start();
  world.sim.run(seconds * 1e9);
  world.checkConservation();
  return world;
}

describe("a ready workload", () => {
  test.each(READY_WORKLOADS.map(one => [one.name, one] as const))(
    "%s says what it is and needs one line",
    async (name, one) => {
      expect(one.summary.length).toBeGreaterThan(10);
      expect(one.source).toMatch(/assumed|seed/u);
      expect(await problems(using(`{ use: ${name}, rate: 100/s }`))).toEqual([]);
    },
  );

  it("gives its name to a workload without one", async () => {
    const { built } = await load(using("{ use: session-store, rate: 100/s }"));
    expect(built.world(0, 5).workloads.map(one => one.name)).toEqual(["session-store"]);
    expect(await problems(using("{ rate: 100/s, pattern: { cache-aside: {} }, keys: { count: 20 } }"))).toEqual([
      "workload[0].name: is missing: needs text",
    ]);
  });

  it("gives way to what is written: parts of keys and of the pattern's options, whole commands, another kind of load", () => {
    const [mine] = withReadyWorkloads({
      workload: [
        {
          name: "w",
          use: "page-cache",
          users: { count: 3 },
          keys: { count: 7 },
          pattern: { "cache-aside": { ttl: "5m" } },
        },
      ],
    }).workload as Record<string, Record<string, unknown>>[];
    expect(mine.rate).toBeUndefined();
    expect(mine.keys).toEqual({ count: 7, popularity: "zipf(0.99)", prefix: "page:" });
    expect(mine.pattern["cache-aside"]).toEqual({ ttl: "5m", stampede: { lock: {} } });
    const [other] = withReadyWorkloads({
      workload: [{ name: "w", use: "rate-limiter", commands: { "GET {key}": 1 } }],
    }).workload as Record<string, unknown>[];
    expect(other.scripts).toBeUndefined();
    expect(other.commands).toEqual({ "GET {key}": 1 });
  });

  it("is refused by its name where there is none of that", async () => {
    const [problem] = await problems(using("{ name: w, use: rate-limit }"));
    expect(problem).toMatch(/^workload\[0\]\.use: .*rate-limiter/u);
  });
});

describe("the rate limiter", () => {
  it("never lets more calls pass in its window than its limit, on any node, and sends the script where it is not known", async () => {
    const world = await run(
      using("{ name: limits, use: rate-limiter, rate: 600/s, keys: { count: 3, popularity: uniform } }", ", shards: 2"),
    );
    let most = 0;
    for (const { engine } of world.cluster.nodes) {
      const session = engine.session(9);
      for (let key = 0; key < 3; key++)
        most = Math.max(most, Number(engine.execute(session, ["zcard", `limit:${key}`])) || 0);
      expect(engine.scripting.cache.size).toBe(1);
    }
    // 200 calls a second for each key, 100 in 10 s are allowed.
    expect(most).toBe(100);
    // The first call on either node, and nothing else, met NOSCRIPT.
    expect(world.clients[0].counters.errorReplies).toBeLessThanOrEqual(20);
    expect(world.recorder.totals[FAILED]).toBe(0);
  });
});

describe("commands whose key is not the workload's", () => {
  it("go where that key lies, without redirections", async () => {
    const world = await run(
      using('{ name: w, commands: { "INCR counter:{int:1..50}": 1 }, rate: 200/s, keys: { count: 1 } }', ", shards: 3"),
    );
    expect(world.clients[0].counters.redirects).toBe(0);
    expect(
      world.cluster.nodes.filter(({ engine }) => Number(engine.execute(engine.session(9), ["dbsize"])) > 0),
    ).toHaveLength(3);
  });
});

describe("keys that are there", () => {
  it("are there on the primary and on its replica, and nothing has happened to put them there", async () => {
    const text = using("{ name: w, commands: { PING: 1 }, rate: 1/s, keys: { count: 1 } }").replace(
      "replicas: 0",
      "replicas: 1",
    );
    const world = await run(`${text}data: [{ key: board, zset: { members: 500 } }]\n`, 0.001);
    for (const { engine } of world.cluster.nodes) {
      const session = engine.session(9);
      session.readonly = true;
      expect(engine.execute(session, ["zcard", "board"])).toBe(500);
    }
    expect(world.cluster.shards[0].stream.offset).toBe(0);
  });

  it.each([
    ["data: [{ key: a }]", "data[0]: says of no type what it is"],
    [
      "data: [{ key: a, set: { members: 1 }, list: { elements: 1 } }]",
      "data[0]: is list and set: a key holds one value",
    ],
    ["data: [{ key: a, zset: { members: 6M } }]", "data[0].zset.members: must lie between 1 and 5 M, got 6 M"],
    ["data: [{ key: a, set: { members: 1 } }, { key: a, set: { members: 1 } }]", "data[1].key: «a» is there twice"],
  ])("are refused where they make no sense: %s", async (line, problem) => {
    expect((await problems(`${BASE}${line}\n`)).join()).toContain(problem);
  });

  it.each([
    [
      'commands: { "GET {key}": 1 }, holds: { hash: { fields: 3 } }',
      "workload[0].holds: has no effect without «preload:»",
    ],
    ['commands: { "GET {key}": 1 }, scripts: { a: "return 1" }', "workload[0].scripts.a: is run by no command"],
    ['commands: { "EVALSHA {script:b} 0": 1 }', "{script:b} names no script of the workload"],
    ['commands: { "ZADD {key} 1 p:{zipf:0}": 1 }', "{zipf} needs a count"],
  ])("and so are scripts and contents that nobody uses: %s", async (keys, problem) => {
    expect((await problems(using(`{ name: w, rate: 1/s, keys: { count: 1 }, ${keys} }`))).join()).toContain(problem);
  });
});
