import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../../src/engine/commands/index.ts";
import { keySlot } from "../../../src/engine/slots.ts";
import { NOW_MS, pass, talk } from "../harness.ts";
import { infoFields } from "../real-server.ts";

describe("the server as a whole", () => {
  it("DBSIZE counts keys, FLUSHDB empties one database, FLUSHALL all", () => {
    for (const [line, sizes] of [
      ["FLUSHDB", [":0", ":1"]],
      ["FLUSHDB ASYNC", [":0", ":1"]],
      ["FLUSHALL sync", [":0", ":0"]],
      ["FLUSHALL NOW", [":2", ":1"]],
      ["FLUSHALL ASYNC x", [":2", ":1"]],
    ] as const) {
      const say = talk();
      say("SELECT 1");
      say("SET a 1");
      say("SELECT 0");
      say("MSET a 1 b 2");
      const reply = say(line);
      expect(reply, line).toBe(sizes[0] === ":0" ? "+OK" : "-ERR syntax error");
      expect(say("DBSIZE"), line).toBe(sizes[0]);
      say("SELECT 1");
      expect(say("DBSIZE"), line).toBe(sizes[1]);
    }
  });

  it("a flushed database starts anew: same names, no expiries, no old cursor", () => {
    const say = talk();
    for (let i = 0; i < 1_000; i++) say("SET", `k${i}`, "v", "EX", "10");
    say("FLUSHALL");
    for (let i = 0; i < 100; i++) say("SET", `k${i}`, "w");
    pass(say.engine, 20_000);
    for (let tick = 0; tick < 20; tick++) say.engine.cron(say.engine.nowMs + 100);
    expect(say("DBSIZE")).toBe(":100");
    expect(say("GET k5")).toBe("$w");
  });

  it("TIME answers seconds and microseconds", () => {
    const say = talk();
    pass(say.engine, 1_234);
    expect(say("TIME")).toEqual([`$${NOW_MS / 1_000 + 1}`, "$234000"]);
  });

  it.each([
    // entry 24, key string 16 or inside, object header and value
    ["redis-7.0", 24 + 16 + 56],
    ["valkey-7.2", 24 + 16 + 56],
    ["valkey-8.0", 32 + 56],
  ])("MEMORY USAGE of %s is %d for a 10-byte key and a 36-byte value", (profile, bytes) => {
    const say = talk({ profile });
    say("SET", "key:000001", "x".repeat(36), "EX", "10");
    expect(say("MEMORY USAGE key:000001")).toBe(`:${bytes}`);
    expect(say("MEMORY USAGE key:000001 SAMPLES 0")).toBe(`:${bytes}`);
    expect(say("MEMORY USAGE none")).toBe("(nil)");
    expect(say("MEMORY USAGE key:000001 SAMPLES -1")).toBe("-ERR syntax error");
    expect(say("MEMORY USAGE key:000001 SAMPLES")).toBe("-ERR syntax error");
    expect(say("MEMORY USAGE none SAMPLES x")).toBe("-ERR value is not an integer or out of range");
  });

  it("MEMORY USAGE in cluster mode adds the slot chain: 16 in 7.0, 8 in 7.2, nothing since", () => {
    for (const [profile, extra] of [
      ["redis-7.0", 16],
      ["valkey-7.2", 8],
      ["valkey-8.0", 0],
    ] as const) {
      const usage = ["no", "yes"].map(inCluster => {
        const say = talk({ profile, parameters: { "cluster-enabled": inCluster } });
        say("SET k v");
        return Number(String(say("MEMORY USAGE k")).slice(1));
      });
      expect(usage[1] - usage[0], profile).toBe(extra);
    }
  });

  it("the first use of each command takes a latency histogram, unless tracking is off", () => {
    const say = talk();
    const start = say.engine.usedMemory;
    say("GET k");
    say("GET k");
    expect(say.engine.usedMemory - start).toBe(24_688);
    say("STRLEN k");
    expect(say.engine.usedMemory - start).toBe(2 * 24_688);
    say("CONFIG SET latency-tracking no");
    say("TTL k");
    expect(say.engine.usedMemory - start).toBe(2 * 24_688);
  });
});

describe("INFO", () => {
  it("shows what is there, field by field", () => {
    const say = talk({ parameters: { maxmemory: "1gb", "maxmemory-policy": "allkeys-lru" } });
    say("SET k v EX 100");
    say("SET n 1");
    say("GET k");
    say("GET none");
    const fields = infoFields(say("INFO"));
    const expected: Record<string, string> = {
      redis_version: "7.0.15",
      redis_mode: "standalone",
      hz: "10",
      maxclients: "10000",
      used_memory: String(say.engine.usedMemory - 24_688), // INFO's own histogram comes after it
      maxmemory: "1073741824",
      maxmemory_human: "1.00G",
      maxmemory_policy: "allkeys-lru",
      loading: "0",
      rdb_bgsave_in_progress: "0",
      total_commands_processed: "4",
      keyspace_hits: "1",
      keyspace_misses: "1",
      role: "master",
      cluster_enabled: "0",
      db0: "keys=2,expires=1,avg_ttl=0",
    };
    for (const [name, value] of Object.entries(expected)) expect([name, fields.get(name)]).toEqual([name, value]);
    const parts = ["used_memory_dataset", "used_memory_overhead"].map(name => Number(fields.get(name)));
    expect(parts[0] + parts[1]).toBe(Number(fields.get("used_memory")));
  });

  it("avg_ttl follows the expiry cycle's look at the keys", () => {
    const say = talk();
    for (let i = 0; i < 100; i++) say("SET", `k${i}`, "v", "PX", "50000");
    for (let tick = 0; tick < 10; tick++) say.engine.cron(say.engine.nowMs + 100);
    const average = Number(/avg_ttl=(\d+)/u.exec(String(say("INFO keyspace")))![1]);
    expect(average).toBeGreaterThan(48_000);
    expect(average).toBeLessThan(50_000);
  });

  it("section names choose, in any case; commandstats only when asked or with all", () => {
    const say = talk();
    say("PING");
    const titles = (...names: string[]) =>
      [...String(say("INFO", ...names)).matchAll(/# (\w+)/gu)].map(match => match[1]);
    expect(titles("KEYSPACE", "stats")).toEqual(["Stats", "Keyspace"]);
    expect(titles("nosuch")).toEqual([]);
    expect(titles()).not.toContain("Commandstats");
    expect(titles("all")).toContain("Commandstats");
    expect(titles("everything")).toEqual(titles("all"));
    expect(titles("default", "commandstats", "latencystats")).toEqual(titles("all"));
    expect(titles("debug")).toEqual(["Debug"]);
  });

  it.each([
    [
      "valkey-8.0",
      { redis_version: "7.2.4", valkey_version: "8.0.1", server_name: "valkey", server_mode: "standalone" },
    ],
    ["redis-7.1", { redis_version: "7.1.0", redis_mode: "standalone" }],
  ])("server of %s names itself", (profile, expected) => {
    const fields = infoFields(talk({ profile })("INFO server"));
    for (const [name, value] of Object.entries(expected)) expect(fields.get(name)).toBe(value);
  });

  it("used_memory_human is used_memory in the largest fitting unit", () => {
    const say = talk();
    for (const [bytes, human] of [
      [900, "900B"],
      [2_048, "2.00K"],
      [5_000_000, "4.77M"],
      [2 ** 41, "2.00T"],
    ] as const) {
      say.engine.baseBytes += bytes - say.engine.usedMemory;
      const [text] = /used_memory_human:[^\r]*/u.exec(String(say("INFO memory")))!;
      expect(text).toBe(`used_memory_human:${human}`);
    }
  });
});

describe("COMMAND and CLUSTER", () => {
  it("COMMAND COUNT, LIST and INFO agree with the table", () => {
    const say = talk();
    expect(say("COMMAND COUNT")).toBe(`:${COMMANDS.size}`);
    const names = [...COMMANDS.values()].flatMap(({ name, children }) => [
      name,
      ...[...(children?.keys() ?? [])].map(child => `${name}|${child}`),
    ]);
    expect(say("COMMAND LIST")).toEqual(names.map(name => `$${name}`));
    expect(say("COMMAND")).toHaveLength(COMMANDS.size);
    expect(say("COMMAND INFO nosuch")).toEqual(["(nil)"]);
    const [get] = say("COMMAND INFO get") as readonly (readonly unknown[])[];
    expect(get.slice(0, 6)).toEqual(["$get", ":2", ["+readonly", "+fast"], ":1", ":1", ":1"]);
  });

  it.each([
    ["COMMAND GETKEYS MSET a 1 b 2", ["$a", "$b"]],
    ["COMMAND GETKEYS LCS a b LEN", ["$a", "$b"]],
    ["COMMAND GETKEYS DEL a b c", ["$a", "$b", "$c"]],
    ["COMMAND GETKEYS GET", "-ERR Invalid number of arguments specified for command"],
    ["COMMAND GETKEYS PING a", "-ERR The command has no key arguments"],
    ["COMMAND GETKEYS NOSUCH a", "-ERR Invalid command specified"],
    ["CLUSTER KEYSLOT a", "-ERR This instance has cluster support disabled"],
    ["CLUSTER COUNTKEYSINSLOT 1", "-ERR This instance has cluster support disabled"],
  ])("%s answers %j", (line, reply) => {
    expect(talk()(line)).toEqual(reply);
  });

  it("CLUSTER KEYSLOT and COUNTKEYSINSLOT know slots and how many keys each holds", () => {
    const say = talk({ parameters: { "cluster-enabled": "yes" } });
    say.engine.cluster = { refusal: () => null };
    expect(say("CLUSTER KEYSLOT foo")).toBe(":12182");
    for (let i = 0; i < 7; i++) say("SET", `{foo}${i}`, "v");
    say("DEL {foo}3");
    expect(say("CLUSTER COUNTKEYSINSLOT 12182")).toBe(":6");
    expect(say("CLUSTER COUNTKEYSINSLOT 16384")).toBe("-ERR Invalid slot");
    say("FLUSHALL");
    expect(say("CLUSTER COUNTKEYSINSLOT", String(keySlot("foo")))).toBe(":0");
  });
});

describe("execute with a hint", () => {
  it("of slot and hash changes nothing but the work", async () => {
    const { hashKey } = await import("../../../src/engine/keyspace.ts");
    const hinted = talk({ parameters: { "cluster-enabled": "yes" } });
    const plain = talk({ parameters: { "cluster-enabled": "yes" } });
    for (let i = 0; i < 500; i++) {
      const key = `key${(i * 7) % 60}`;
      const calls = [
        ["set", key, `v${i}`],
        ["get", key],
        ["rename", key, `{${key}}x`],
        ["append", key, "y"],
        ["del", key],
      ];
      const argv = calls[i % calls.length];
      const { engine, session } = hinted;
      expect(engine.execute(session, argv, keySlot(key), hashKey(key))).toEqual(
        plain.engine.execute(plain.session, argv),
      );
    }
    expect(hinted.engine.dataBytes).toBe(plain.engine.dataBytes);
    expect([...hinted("KEYS *")].sort()).toEqual([...plain("KEYS *")].sort());
    for (let slot = 0; slot < 16_384; slot += 1) {
      if (hinted.engine.database(0).keysInSlot(slot) !== plain.engine.database(0).keysInSlot(slot))
        expect.fail(`slot ${slot}`);
    }
  });
});

describe("DEBUG", () => {
  it("is refused to ordinary clients, also its subcommands, whatever they do", () => {
    const say = talk();
    for (const line of ["DEBUG SLEEP 1", "DEBUG OBJECT k", "DEBUG SET-ACTIVE-EXPIRE 0"]) {
      expect(say(line), line).toMatch(/^-ERR DEBUG command not allowed\./u);
    }
    expect(say.engine.activeExpireEnabled).toBe(true);
  });

  it("SLEEP seconds is time on the engine thread, for whoever models it", () => {
    const say = talk();
    say.engine.allowProtected = true;
    expect(say("DEBUG SLEEP 0.25")).toBe("+OK");
    expect(say.engine.effort.fixedNs).toBe(250_000_000);
    say("PING");
    expect(say.engine.effort.fixedNs).toBe(0);
    expect(say("DEBUG OBJECT none")).toBe("-ERR no such key");
  });
});
