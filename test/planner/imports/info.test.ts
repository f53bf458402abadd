// INFO output: counters become rates, two files of one server the rates between them; and files that cannot be used.

import { describe, expect, it } from "vitest";
import { importScenario } from "../../../src/planner/imports/import.ts";
import { observeInfo } from "../../../src/planner/imports/info.ts";
import { ScenarioError } from "../../../src/scenarios/issue.ts";

interface Server {
  readonly id?: string;
  readonly uptime?: number;
  readonly gets?: number;
  readonly sets?: number;
  readonly hits?: number;
  readonly role?: string;
  readonly more?: string;
}

const info = ({
  id = "a",
  uptime = 1_000,
  gets = 900_000,
  sets = 100_000,
  hits = 800_000,
  role = "master",
  more = "",
}: Server) =>
  `# Server
redis_version:7.2.4
server_name:valkey
valkey_version:8.0.1
run_id:${id}
uptime_in_seconds:${uptime}

# Clients
connected_clients:41

# Memory
used_memory:60000000
maxmemory:10527885772
maxmemory_policy:allkeys-lru

# Stats
total_connections_received:500
keyspace_hits:${hits}
keyspace_misses:${gets - hits}
evicted_keys:0
expired_keys:${Math.round(sets * 0.9)}

# Replication
role:${role}
connected_slaves:1

# CPU
used_cpu_sys_main_thread:10.0
used_cpu_user_main_thread:15.0

# Commandstats
cmdstat_get:calls=${gets},usec=1800000,usec_per_call=2.00,rejected_calls=0,failed_calls=0
cmdstat_set:calls=${sets},usec=300000,usec_per_call=3.00,rejected_calls=0,failed_calls=0
cmdstat_config|get:calls=4,usec=80,usec_per_call=20.00,rejected_calls=0,failed_calls=0
${more}
# Cluster
cluster_enabled:1

# Keyspace
db0:keys=50000,expires=50000,avg_ttl=240000
`;

const observe = (servers: readonly Server[], shards: number | null = null) =>
  observeInfo(
    servers.map((server, i) => ({ file: `shard-${i + 1}.txt`, text: info(server) })),
    { shards, replicas: null },
  );

const refusal = (text: string): string => {
  try {
    observeInfo([{ file: "bad.txt", text }], { shards: null, replicas: null });
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return "";
};

describe("INFO", () => {
  it("gives means since the server started, and says so", () => {
    const seen = observe([{}]);
    expect(seen).toMatchObject({
      reads: 900,
      writes: 100,
      hits: 800,
      misses: 100,
      items: 50_000,
      policy: "allkeys-lru",
      engine: "valkey-8.0",
    });
    expect(seen.engineCpu).toBeCloseTo(0.025, 9);
    expect(seen.notes.join()).toContain("means since the server started");
  });

  it("knows how long keys live by what is left of it, where none was seen to expire", async () => {
    const seen = observe([{ sets: 0, gets: 900_000, hits: 900_000 }]);
    const { fit } = await importScenario(seen, {
      file: "shard-1.txt",
      directory: ".",
      node: "cache.r7g.large",
      engine: null,
      policy: null,
      popularity: null,
      purchase: null,
      region: null,
      peakToMean: 1,
    });
    expect(fit.ttlSeconds.value).toBeCloseTo(2 * 240, 9);
    expect(fit.ttlSeconds.rule).toContain("avg_ttl");
  });

  it("of one server at two moments gives what lies between them", () => {
    const seen = observe([
      { uptime: 1_100, gets: 1_200_000, sets: 110_000, hits: 1_090_000 },
      { uptime: 1_000, gets: 900_000, sets: 100_000, hits: 800_000 },
    ]);
    expect(seen).toMatchObject({ reads: 3_000, writes: 100, hits: 2_900, shards: 1 });
    expect(seen.notes.join()).not.toContain("means since");
  });

  it("of several primaries adds up, of a replica takes its reads; shards that are missing are like those that are there", () => {
    const seen = observe([{ id: "a" }, { id: "b" }, { id: "c", role: "slave" }]);
    expect(seen).toMatchObject({ shards: 2, replicas: 1, reads: 2_700, writes: 200, items: 100_000 });
    expect(seen.replicaReads).toBeCloseTo(1 / 3, 9);
    expect(observe([{}], 4)).toMatchObject({ shards: 4, reads: 3_600, items: 200_000, connections: 41 });
  });

  it("becomes a scenario with a workload per command, and says what no template stands for", async () => {
    const more = "cmdstat_hget:calls=50000,usec=100000\ncmdstat_evalsha:calls=1000,usec=4000000\n";
    const seen = observe([{ more }]);
    const { text, notes, fit, compared } = await importScenario(seen, {
      file: "shard-1.txt",
      directory: ".",
      node: null,
      engine: null,
      policy: null,
      popularity: null,
      purchase: null,
      region: null,
      peakToMean: 3,
    }).catch(error => {
      // The node type is not told: three families have this memory.
      expect(String(error.message)).toContain("cache.r7g.large");
      return importScenario(seen, {
        file: "shard-1.txt",
        directory: ".",
        node: "cache.r7g.large",
        engine: null,
        policy: null,
        popularity: null,
        purchase: "reserved-1y-no-upfront",
        region: null,
        peakToMean: 3,
      });
    });
    expect(text).toContain('"HGET {key} field": 100%');
    expect(text).toContain("rate: 1..1..3");
    expect(text).toContain("purchase: reserved-1y-no-upfront    # given");
    expect(notes.join("\n")).toContain("EVALSHA takes 4000 us a call");
    expect(notes.join("\n")).toContain("no template stands for evalsha");
    // 50,000 keys alive at some 100 stores a second: Little's law.
    expect(fit.ttlSeconds.value! / 500).toBeCloseTo(1, 0);
    for (const one of compared.filter(({ what }) => what !== "engine thread, busiest primary")) {
      expect(Math.abs(one.model / one.seen - 1), one.what).toBeLessThan(0.05);
    }
  });
});

describe("commands on other types", () => {
  const scripts = "cmdstat_evalsha:calls=1000000,usec=3000000\n";
  const more = `cmdstat_hset:calls=1000000,usec=3000000\n${scripts}`;

  it("are taken from the reads and writes that they are; scripts are neither", () => {
    const seen = observe([{ gets: 1_000_000, hits: 900_000, more }]);
    expect(seen).toMatchObject({ reads: 1_000, writes: 1_100, stringReads: 1_000, stringWrites: 100 });
    expect(seen.others.map(one => one.name).sort()).toEqual(["evalsha", "hset"]);
  });

  it("are no part of the workload of strings", async () => {
    const options = {
      file: "a.txt",
      directory: ".",
      node: "cache.r7g.large",
      engine: null,
      policy: null,
      popularity: null,
      purchase: null,
      region: null,
      peakToMean: 3,
    };
    const standsBeside = async (text: string) => {
      const { compared } = await importScenario(observe([{ more: text }]), options);
      return compared.map(one => one.model);
    };
    // What no template stands for is in nothing that the scenario is compared by.
    const hashes = "cmdstat_hget:calls=500000,usec=1000000\n";
    expect(await standsBeside(hashes)).toEqual(await standsBeside(`${hashes}${scripts}`));
    const servers: Server = { gets: 1_000_000, hits: 900_000 };
    const alone = await importScenario(observe([servers]), options);
    const among = await importScenario(observe([{ ...servers, more }]), options);
    expect(among.fit).toEqual(alone.fit);
    expect(among.text).toContain('rate: "1000/s"');
  });
});

describe("files that cannot be used", () => {
  it.each([
    ["hello\n", "is no output of INFO"],
    ["valkey_version:8.0.1\nrole:master\n", "lacks uptime_in_seconds of section server: save «INFO ALL»"],
    ["valkey_version:8.0.1\nrole:master\n", "lacks section commandstats"],
    [info({}).replace("calls=900000", "calls=many"), "bad.txt:32:13: needs calls=… and usec=…"],
    [info({}).replace("used_memory:60000000", "used_memory:"), "bad.txt:12:13: used_memory is no number"],
    [info({ role: "slave" }), "is of a replica"],
  ])("%#", (text, message) => {
    expect(refusal(text)).toContain(message);
  });
});
