// What the grammar allows and the fields forbid each other: every rule of build, build-workload and engine-parameters is
// broken once, alone, and its message names what was found and what would do.

import { describe, expect, test } from "vitest";
import { nodeTypes } from "../../src/catalog/nodes.ts";
import { zoneNames } from "../../src/scenarios/build.ts";
import { BASE, load, problems } from "./fixture.ts";

const UPSTREAM = "cluster.management=self-managed";
const NO_PATTERN = "~workload[0].pattern";
const COMMANDS = (template: string, weight = "1") => `workload[0].commands={"${template}": ${weight}}`;

type Row = readonly [settings: string[], path: string, message: string];

const USERS = "cluster.auth={users: [{name: app}]}";
const IAM_USER = "cluster.auth={users: [{name: app, proof: iam}]}";

const AUTH: readonly Row[] = [
  [["cluster.auth={}"], "cluster.auth", "asks for nothing: give «token: true» or «users»"],
  [["cluster.auth.token=true"], "cluster.auth.token", "needs «tls: true»"],
  [
    ["cluster.tls=true", USERS, "cluster.auth.token=true", "clients[0].user=app"],
    "cluster.auth.token",
    "excludes «users»",
  ],
  [[IAM_USER, "clients[0].user=app"], "cluster.auth.users", "needs «tls: true» for users with «proof: iam»"],
  [[USERS], "clients[0]", "needs «user:», one of app"],
  [[USERS, "clients[0].user=ap"], "clients[0].user", "is no user of the cluster: «ap»; did you mean «app»?"],
  [["clients[0].user=app"], "clients[0].user", "has no effect without «cluster.auth.users»"],
  [[USERS, "clients[0].user=app", "clients[0].iam.tokens=at-start"], "clients[0].iam", "app logs in by a password"],
  [
    [USERS, "clients[0].user=app", "cluster.auth.iam.tokenLifetime=5m"],
    "cluster.auth.iam",
    "has no effect: no user has «proof: iam»",
  ],
  [
    ["cluster.auth={users: [{name: app, access: on ~* +@reed}]}", "clients[0].user=app"],
    "cluster.auth.users[0].access",
    "is no access string: Error in ACL SETUSER modifier '+@reed'",
  ],
  [
    ["cluster.auth={users: [{name: app, access: on ~* +@all >secret}]}", "clients[0].user=app"],
    "cluster.auth.users[0].access",
    "must not have a password in it, got «>secret»",
  ],
  [
    ["cluster.tls=true", IAM_USER, "clients[0].user=app", "clients[0].iam={tokens: at-start, reauth: 6h}"],
    "clients[0].iam.reauth",
    "needs new tokens: «tokens: per-connection»",
  ],
  [["drills=[{at: 1s, auth-set: {}}]"], "drills[0].auth-set", "needs «cluster.auth.token: true», or «user:»"],
  [
    [USERS, "clients[0].user=app", "drills=[{at: 1s, auth-rotate: {user: web}}]"],
    "drills[0].auth-rotate.user",
    "there is no user web with a password; there is app",
  ],
];

const SILENCE: readonly Row[] = [
  [
    ["clients[0].socketTimeout=5s"],
    "clients[0].socketTimeout",
    "connections that are not shared are closed when a reply",
  ],
  [["clients[0].tcp.keepAlive.probes=3"], "clients[0].tcp.keepAlive.probes", "keep-alive is off"],
  [
    ["clients[0].tcp={userTimeout: 5s, retransmissions: 8}"],
    "clients[0].tcp.retransmissions",
    "«tcp.userTimeout» decides when data are given up",
  ],
];

const CLUSTER: readonly Row[] = [
  [
    ["cluster.mode=single", "cluster.shards=2"],
    "cluster.shards",
    "mode single has one shard, got 2; use «mode: cluster»",
  ],
  [
    ["cluster.shards=300", "cluster.replicas=5"],
    "cluster.shards",
    "300 shards with 5 replicas are 1800 nodes; a cluster has at most",
  ],
  [
    ["cluster.multiAz=true", "cluster.replicas=0"],
    "cluster.multiAz",
    "needs at least one replica per shard, there is none",
  ],
  [[UPSTREAM, "cluster.autoScaling={shards: {target: 50, min: 1, max: 3}}"], "cluster.autoScaling", "is ElastiCache's"],
  [[UPSTREAM, "cluster.quotas={nodesPerCluster: 10}"], "cluster.quotas", "has no effect: they are AWS's"],
  [
    [UPSTREAM, "cluster.save.headroom=50%"],
    "cluster.save.headroom",
    "it is what «method: auto» goes by, and this is fork",
  ],
  [["cluster.save={method: fork, share: 50%}"], "cluster.save.share", "it is about forkless saves, and these fork"],
  [
    ["cluster.save={method: forkless, headroom: 50%}"],
    "cluster.save.headroom",
    "it is what «method: auto» goes by, and this is forkless",
  ],
  [
    ["clients[0].hedge={after: p95}", "clients[0].pool={multiplex: true, size: 1}"],
    "clients[0].hedge",
    "all reads go to the primary over one connection",
  ],
  [
    ["clients[0].hedge={after: 300ms}", "clients[0].timeout=200ms"],
    "clients[0].hedge.after",
    "has no effect: commands end before it",
  ],
  [["clients[0].hedge={after: 1ms, budget: {share: 0}}"], "clients[0].hedge.budget.share", "allows no second copies"],
  [["clients[0].hedge={after: 95%}"], "clients[0].hedge.after", "needs a percentile such as p95, or a duration"],
  ...["backoff=1ms..2ms", "jitter=none", "on=[timeout]", "budget={}"].map(
    (setting): Row => [
      ["clients[0].retry.attempts=1", `clients[0].retry.${setting}`],
      `clients[0].retry.${setting.split("=")[0]}`,
      "has no effect: with «attempts: 1» there are no retries",
    ],
  ),
  [["cluster.multiAz=true", "zones=1"], "cluster.multiAz", "needs at least two zones, there is 1: «zones: 2»"],
  [
    ["cluster.failover.nodeTimeout=5s"],
    "cluster.failover.nodeTimeout",
    "no meaning in the managed profile; there it is detection",
  ],
  [
    ["cluster.failover.requireFullCoverage=true"],
    "cluster.failover.requireFullCoverage",
    "no meaning in the managed profile",
  ],
  [["cluster.failover.restart=5s"], "cluster.failover.restart", "has no meaning in the managed profile"],
  [
    ["cluster.engine=valkey-8.0", "cluster.scaling.migration=atomic"],
    "cluster.scaling.migration",
    "valkey-8.0 moves slots key by key; atomic needs Valkey 9",
  ],
  [
    ["cluster.engine=valkey-9.0", "cluster.scaling.batch=20"],
    "cluster.scaling.batch",
    "has no effect: slots move as a whole here",
  ],
  [["cluster.placement.zones=[4]"], "cluster.placement.zones[0]", "there is no zone 4: «zones:» is 3"],
  [["cluster.placement.shards=[[1,2,3,1,2,3,1]]"], "cluster.placement.shards[0]", "names 7 members: a shard has"],
  [
    [UPSTREAM, "cluster.failover.detection=5s"],
    "cluster.failover.detection",
    "in the upstream profile; there it is nodeTimeout",
  ],
  [[UPSTREAM, "cluster.failover.promotion=5s"], "cluster.failover.promotion", "has no meaning in the upstream profile"],
  [[UPSTREAM, "cluster.failover.dns=5s"], "cluster.failover.dns", "has no meaning in the upstream profile"],
  [
    ["cluster.failover={profile: upstream, replacement: 5s}"],
    "cluster.failover.replacement",
    "in the upstream profile",
  ],
  [
    ["cluster.mode=single", UPSTREAM],
    "cluster.failover.profile",
    "the upstream profile is the cluster bus: it needs «mode: cluster»",
  ],
  [["region=eu-west-1"], "region", "no prices are known for eu-west-1; name a book with «prices:» (aws-us-east-1"],
  [["network.spikeLength=5ms"], "network.spikeLength", "needs a range such as 10ms..1s, got «5ms»"],
  [
    ["clients[0].retry.backoff=1s..10ms"],
    "clients[0].retry.backoff",
    "a range whose first value is not above its second",
  ],
  [["clients=[{name: a}, {name: a}]"], "clients[1].name", "«a» is the name of two of them"],
];

const TIMES: readonly Row[] = [
  [["duration=0s"], "duration", "must be longer than nothing"],
  [["period=0s"], "period", "gives more than 100000 rows: the run ends after 10 s, so it needs at least 1 ms"],
  [["period=10ns"], "period", "so it needs at least 1 ms"],
  [["duration=2d", "period=1s"], "period", "the run ends after 2 d, so it needs at least 1.73 s"],
  [["warmup=10s"], "warmup", "of 10 s leaves nothing to measure: the run ends after 10 s"],
  [["warmup=9s", "period=8s"], "warmup", "of 9 s leaves nothing to measure: the run ends after 10 s, in rows of 8 s"],
  [["drills=[{at: 10s, snapshot: {}}]"], "drills[0].at", "10 s lies beyond the end of the run, which is after 10 s"],
  [["expect=[errors == 0 after 10s]"], "expect[0]", "looks at the time after 10 s: the run ends after 10 s"],
  [["expect=[errors == 0 between 1h and 2h]"], "expect[0]", "looks at the time after 60 min: the run ends after 10 s"],
  [["expect=[erors == 0]"], "expect[0]", "needs a known metric: p50"],
];

const DRILLS: readonly Row[] = [
  [["drills=[{at: 5s}]"], "drills[0]", "needs one of the drills crash-node, lose-host, "],
  [
    ["drills=[{at: 5s, crash-node: {}, snapshot: {}}]"],
    "drills[0]",
    "names crash-node and snapshot: one drill per entry",
  ],
  [
    ["drills=[{at: 5s, crash-node: {shard: 2}}]"],
    "drills[0].crash-node.shard",
    "there is no shard 2: the cluster has 1",
  ],
  [["drills=[{at: 5s, snapshot: {shard: 9}}]"], "drills[0].snapshot.shard", "there is no shard 9: the cluster has 1"],
  [
    ["drills=[{at: 5s, lose-host: {role: replica, replica: 3}}]"],
    "drills[0].lose-host.replica",
    "no replica 3: a shard has 1",
  ],
  [
    ["cluster.replicas=0", "drills=[{at: 5s, lose-host: {role: replica}}]"],
    "drills[0].lose-host.replica",
    "no replica 1: a shard has 0",
  ],
];

const WORKLOAD: readonly Row[] = [
  [["~origin"], "workload[0].pattern", "needs an «origin:» to ask on a miss"],
  [
    ["~workload[0].rate"],
    "workload[0].name",
    "needs one of «rate:» (open loop), «users:» (closed loop) and «trace:» (replay)",
  ],
  [["workload[0].users={count: 5}"], "workload[0].users", "has rate and users: one of them says when requests come"],
  [[NO_PATTERN], "workload[0].name", "needs «pattern:» or «commands:»"],
  [[COMMANDS("PING")], "workload[0].commands", "has pattern and commands: one of them"],
  [["~workload[0].keys"], "workload[0].name", "needs «keys:» with a count"],
  [["workload[0].client=wob"], "workload[0].client", "«wob» is no client group; there are web; did you mean «web»?"],
  [["workload[0].pipeline=8"], "workload[0].pipeline", "needs a client with «pool: { multiplex: true }»"],
  [
    ["~workload[0].rate", "workload[0].users={count: 5}", "workload[0].arrivals=paced"],
    "workload[0].arrivals",
    "has no effect with «users:»: it is about the requests of a «rate:»",
  ],
  [
    [
      "~workload[0].rate",
      "workload[0].users={count: 5}",
      "workload[0].pipeline=8",
      "clients[0].pool={multiplex: true}",
    ],
    "workload[0].pipeline",
    "has no effect with «users:»: it is about the requests of a «rate:»",
  ],
  [["workload[0].ttl=5m"], "workload[0].ttl", "has no effect: values live as long as «pattern.cache-aside.ttl» says"],
  [
    [NO_PATTERN, COMMANDS("SET {key} {value}"), "workload[0].ttl=5m"],
    "workload[0].ttl",
    "has no effect: no command has {ttl}, and nothing is preloaded",
  ],
  [["workload[0].keys.count=0"], "workload[0].keys.count", "must be between 1 and 200 M, got 0"],
  [["workload[0].keys.count=10G"], "workload[0].keys.count", "must be between 1 and 200 M, got 10 G"],
  [["workload[0].keys.popularity=zipf"], "workload[0].keys.popularity", "needs the form zipf(exponent), got «zipf»"],
  [["workload[0].rate=-5"], "workload[0].rate", "needs a rate between 0 and 1,000 M/s, got «-5»"],
  [["workload[0].rate=5G/s"], "workload[0].rate", "needs a rate of at most 1,000 M/s, got «5G/s»"],
  [["workload[0].rate=20k"], "workload[0].rate", "needs a rate per time, such as 20k/s"],
  // Wrong in one tenth of a second only.
  [["workload[0].rate=1/(t-5.05)"], "workload[0].rate", "at t = 5.05 s it is Infinity"],
  [["workload[0].rate=sqrt(9.9-t)"], "workload[0].rate", "at t = 9.95 s it is NaN"],
  [
    ["workload[0].rate=2G/s*pulse(t, 3, 3.1)"],
    "workload[0].rate",
    "a rate of at most 1,000 M/s; at t = 3.05 s it is 2000000000",
  ],
  [[NO_PATTERN, "workload[0].commands={}"], "workload[0].commands", "needs at least one command"],
  [[NO_PATTERN, COMMANDS("PING", "0")], "workload[0].commands.PING", "needs a weight above zero"],
  [[NO_PATTERN, COMMANDS("PING", "lots")], "workload[0].commands.PING", "needs a share such as 80% or 0.8, got «lots»"],
  [
    [NO_PATTERN, COMMANDS("GETT {key}")],
    "workload[0].commands.GETT {key}",
    "«GETT» is no command that the engine knows; did you mean «get»?",
  ],
  [[NO_PATTERN, COMMANDS("GET")], "workload[0].commands.GET", "GET takes 2 words, the template has 1"],
  [
    [NO_PATTERN, COMMANDS("GET {kee}")],
    "workload[0].commands.GET {kee}",
    "unknown placeholder «{kee}»; there are {key}",
  ],
  [
    [NO_PATTERN, COMMANDS("OBJECT SIZE {key}")],
    "workload[0].commands.OBJECT SIZE {key}",
    "OBJECT has no subcommand «SIZE»; it has",
  ],
  [
    [NO_PATTERN, COMMANDS("SET {key} v EX {ttl}")],
    "workload[0].commands.SET {key} v EX {ttl}",
    "{ttl} needs the workload's «ttl:»",
  ],
];

const PARAMETERS: readonly Row[] = [
  [
    ["cluster.parameters={maxmemory-polici: x}"],
    "maxmemory-polici",
    "valkey-8.0 has no parameter «maxmemory-polici»; did you mean «maxmemory-policy»?",
  ],
  [["cluster.parameters={maxmemory-policy: lru}"], "maxmemory-policy", "must be one of volatile-lru, allkeys-lru"],
  [["cluster.parameters={maxmemory-samples: 0}"], "maxmemory-samples", "must lie between 1 and 64, got «0»"],
  [["cluster.parameters={lfu-log-factor: 0}"], "lfu-log-factor", "must be a number of at least 1, got «0»"],
  [["cluster.parameters={timeout: soon}"], "timeout", "must be a number of at least 0, got «soon»"],
  [["cluster.parameters={maxmemory: 1zb}"], "maxmemory", "argument must be a memory value, got «1zb»"],
  [["cluster.parameters={maxclients: many}"], "maxclients", "couldn't be parsed into an integer, got «many»"],
  [
    ["cluster.parameters={reserved-memory-percent: 120}"],
    "reserved-memory-percent",
    "must lie between 0 and 100, got «120»",
  ],
  [
    ["cluster.parameters={reserved-memory-percent: 100}"],
    "reserved-memory-percent",
    "leaves nothing to use: must be below 100",
  ],
  [
    ["cluster.parameters={appendonly: true}"],
    "appendonly",
    "is of the append-only file, which ElastiCache has not had since 2.8.22",
  ],
];

describe.each([
  ["cluster", CLUSTER],
  ["auth", AUTH],
  ["silence", SILENCE],
  ["times", TIMES],
  ["drills", DRILLS],
  ["workload", WORKLOAD],
  ["parameters", PARAMETERS.map(([settings, name, message]): Row => [settings, `cluster.parameters.${name}`, message])],
])("%s", (_name, rows) => {
  test.each(rows)("%j: %s: %s", async (settings, path, message) => {
    const found = await problems(BASE, { settings });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`${path}: `);
    expect(found[0]).toContain(message);
  });
});

describe("what fits", () => {
  test.each([
    [
      "a time to live of what is preloaded",
      [NO_PATTERN, COMMANDS("GET {key}"), "workload[0].ttl=5m", "workload[0].preload=50%"],
    ],
    ["a run shorter than a row", ["duration=300ms"]],
    ["a warm-up that is no multiple of the rows", ["warmup=8500ms", "period=1s"]],
    ["a rate with a pole beyond the end", ["workload[0].rate=sqrt(100-t) + 1/(t-10.05)"]],
    ["a rate below zero, which counts as zero", ["workload[0].rate=100*sin(t)"]],
    ["a pipeline with a multiplexing pool", ["clients[0].pool.multiplex=true", "workload[0].pipeline=8"]],
    ["a parameter with a unit", ["cluster.parameters={maxmemory: 64mb, repl-backlog-size: 1mb}"]],
    ["a parameter as YAML has it", ["cluster.parameters={latency-tracking: true, maxmemory-samples: 10}"]],
    ["parameters that upstream lets be changed", [UPSTREAM, "cluster.parameters={appendonly: true}"]],
    ["prices for a region without a book", ["region=eu-west-1", "prices=aws-us-east-1"]],
    ["no origin for plain commands", ["~origin", NO_PATTERN, COMMANDS("PING")]],
    ["subcommands", [NO_PATTERN, COMMANDS("OBJECT ENCODING {key}")]],
  ])("%s", async (_name, settings) => {
    expect(await problems(BASE, { settings })).toEqual([]);
  });

  test("every node type of the catalogue that runs the engine makes a valid cluster", async () => {
    for (const { type, engines } of nodeTypes()) {
      const found = await problems(BASE, { settings: [`cluster.node=${type}`] });
      if ((engines as readonly string[]).includes("valkey")) expect(found, type).toEqual([]);
      else expect(found, type).toEqual([`cluster.node: ${type} does not run valkey; it runs ${engines.join(", ")}`]);
    }
  });

  test("zones are named as AWS names them", () => {
    expect(zoneNames("us-east-1", 2)).toEqual(["use1-az1", "use1-az2"]);
    expect(zoneNames("ap-northeast-2", 1)).toEqual(["apne2-az1"]);
    expect(zoneNames("mars", 1)).toEqual(["mars-az1"]);
  });

  test("the limits of a node are the catalogue's, less the reserve, and a given maxmemory goes before", async () => {
    const maxmemory = async (...settings: string[]) =>
      Number((await load(BASE, { settings })).built.setup.parameters.maxmemory);
    const whole = nodeTypes().find(node => node.type === "cache.r7g.large")!.maxmemoryBytes;
    expect(await maxmemory()).toBe(Math.floor(whole * 0.75));
    expect(await maxmemory("cluster.parameters={reserved-memory-percent: 50}")).toBe(Math.floor(whole * 0.5));
    expect(await maxmemory(UPSTREAM)).toBe(whole);
    expect(
      (await load(BASE, { settings: ["cluster.parameters={maxmemory: 64mb}"] })).built.setup.parameters.maxmemory,
    ).toBe("64mb");
  });

  test("a parameter that nothing reads is kept in mind for the findings", async () => {
    const { setup } = (await load(BASE, { settings: ["cluster.parameters={tcp-keepalive: 60, maxclients: 500}"] }))
      .built;
    expect(setup.withoutEffect).toEqual(["tcp-keepalive"]);
    expect([setup.maxclients, setup.parameters.maxclients]).toEqual([500, "500"]);
  });
});
