import { describe, expect, it } from "vitest";
import { PARAMETERS } from "../../../src/engine/parameters.ts";
import { PROFILE_NAMES } from "../../../src/engine/profile.ts";
import { talk, testEngine } from "../harness.ts";

const failed = (name: string, why: string) =>
  `-ERR CONFIG SET failed (possibly related to argument '${name}') - ${why}`;
const BETWEEN = (min: number, max: bigint | number) => `argument must be between ${min} and ${max} inclusive`;
const NO_INTEGER = "argument couldn't be parsed into an integer";
const LONG_MAX = 9_223_372_036_854_775_807n;

describe("CONFIG SET", () => {
  it.each([
    ["hz 20", "+OK"],
    ["HZ 20", "+OK"],
    ["hz 0", "+OK"],
    ["hz -1", failed("hz", BETWEEN(0, 2_147_483_647))],
    ["hz ten", failed("hz", NO_INTEGER)],
    ["hz 010", failed("hz", NO_INTEGER)],
    ["active-expire-effort 11", failed("active-expire-effort", BETWEEN(1, 10))],
    ["MaxClients 0", failed("maxclients", BETWEEN(1, 4_294_967_295))],
    ["proto-max-bulk-len 1k", failed("proto-max-bulk-len", BETWEEN(1_048_576, LONG_MAX))],
    ["repl-backlog-size 0", failed("repl-backlog-size", BETWEEN(1, LONG_MAX))],
    ["maxmemory 1.5gb", failed("maxmemory", "argument must be a memory value")],
    ["maxmemory -1", failed("maxmemory", "argument must be a memory value")],
    ["replica-read-only maybe", failed("replica-read-only", "argument must be 'yes' or 'no'")],
    [
      "maxmemory-policy lru",
      failed(
        "maxmemory-policy",
        "argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction",
      ),
    ],
    ["databases 5", failed("databases", "can't set immutable config")],
    ["hz 1 HZ 2", failed("HZ", "duplicate parameter")],
    ["hz 1 maxclients", "-ERR syntax error"],
    ["nosuch 1", "-ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'"],
    // Names are looked at before values.
    ["hz ten nosuch 1", "-ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'"],
    ["hz ten databases 1", failed("databases", "can't set immutable config")],
    ["hz", "-ERR wrong number of arguments for 'config|set' command"],
  ])("%s answers %s", (words, reply) => {
    expect(talk()(`CONFIG SET ${words}`)).toBe(reply);
  });

  it.each([
    ["maxmemory 100mb", 104_857_600],
    ["maxmemory 100m", 100_000_000],
    ["maxmemory 2GB", 2_147_483_648],
    ["maxmemory 3k", 3_000],
    ["maxmemory 3KB", 3_072],
    ["maxmemory 7b", 7],
    ["hz 1000", 500],
    ["hz 0", 1],
    ["maxmemory-policy ALLKEYS-LRU", "allkeys-lru"],
    ["activerehashing NO", "no"],
  ])("%s is shown as %s", (words, shown) => {
    const say = talk();
    say(`CONFIG SET ${words}`);
    const name = words.split(" ")[0];
    expect(say(`CONFIG GET ${name}`)).toEqual([`$${name}`, `$${shown}`]);
  });

  it("sets all or none", () => {
    const say = talk();
    say("CONFIG SET hz 33 maxclients 0");
    expect(say("CONFIG GET hz")).toEqual(["$hz", "$10"]);
    say("CONFIG SET hz 33 maxclients 7");
    expect([...say("CONFIG GET hz maxclients")]).toEqual(["$hz", "$33", "$maxclients", "$7"]);
  });

  it("takes effect at once in the settings", () => {
    const say = talk();
    say("CONFIG SET maxmemory 1gb maxmemory-policy volatile-ttl lazyfree-lazy-eviction yes");
    const { maxmemory, policy, lazyEviction } = say.engine.settings;
    expect([maxmemory, policy.name, policy.ranking, lazyEviction]).toEqual([2 ** 30, "volatile-ttl", "ttl", true]);
  });
});

describe("CONFIG GET", () => {
  it("answers names that match, once each, and plain names in the caller's spelling", () => {
    const say = talk();
    expect(say("CONFIG GET lfu-*")).toEqual(["$lfu-log-factor", "$10", "$lfu-decay-time", "$1"]);
    expect(say("CONFIG GET LFU-LOG-*")).toEqual(["$lfu-log-factor", "$10"]);
    expect(say("CONFIG GET LFU-log-factor lfu-log-*")).toContain("$LFU-log-factor");
    expect(say("CONFIG GET lfu-log-factor lfu-log-*")).toHaveLength(2);
    expect(say("CONFIG GET nosuch")).toEqual([]);
    const shown = PARAMETERS.filter(({ hidden, since = 0 }) => !hidden && since <= 7);
    const names = shown.flatMap(({ name, aliases = [], renamed }) => (renamed ? aliases : [name, ...aliases]));
    expect(say("CONFIG GET *")).toHaveLength(2 * names.length);
  });

  it("every default is a value that CONFIG SET would take, in every profile", () => {
    for (const profile of PROFILE_NAMES) {
      const { parameters } = testEngine({ profile });
      for (const { name, aliases } of parameters.known) {
        const known = parameters.spec(name) === undefined ? aliases![0] : name;
        expect(parameters.refusal(known, parameters.text(name)), `${profile} ${name}`).toBeNull();
      }
    }
  });

  it.each([
    ["lazyfree-lazy-eviction", "no", "yes"],
    ["lazyfree-lazy-user-flush", "no", "yes"],
    ["repl-backlog-size", "1048576", "10485760"],
  ])("%s is %s before 8.0 and %s since", (name, before, since) => {
    for (const [profile, value] of [
      ["redis-7.0", before],
      ["valkey-7.2", before],
      ["valkey-8.0", since],
      ["valkey-9.0", since],
    ]) {
      expect(talk({ profile })(`CONFIG GET ${name}`)).toEqual([`$${name}`, `$${value}`]);
    }
  });

  it("overrides at the start follow the same rules, and may set what is immutable later", () => {
    expect(testEngine({ parameters: { databases: "4" } }).databases).toHaveLength(4);
    expect(() => testEngine({ parameters: { nosuch: "1" } })).toThrow("unknown parameter 'nosuch'");
    expect(() => testEngine({ parameters: { hz: "ten" } })).toThrow(NO_INTEGER);
  });
});

describe("CONFIG RESETSTAT", () => {
  it("sets everything counted to zero, but for its own call, and frees the histograms", () => {
    const say = talk();
    say.engine.cron(say.engine.nowMs + 100);
    for (const line of ["SET k v", "GET k", "GET none", "NOSUCH", "SET k v PX 1"]) say(line);
    const before = say.engine.usedMemory;
    say("CONFIG RESETSTAT");
    const text = String(say("INFO stats commandstats"));
    for (const name of ["keyspace_hits", "keyspace_misses", "total_error_replies", "expired_keys", "evicted_keys"]) {
      expect(text).toContain(`${name}:0\r\n`);
    }
    expect(text).toContain("total_commands_processed:1\r\n");
    expect(text.match(/cmdstat_/gu)).toHaveLength(1);
    expect(text).toContain("cmdstat_config|resetstat:calls=1,");
    // Three commands had been called before; then RESETSTAT and INFO were.
    expect(before - say.engine.usedMemory).toBe(0);
    say("CONFIG RESETSTAT");
    expect(before - say.engine.usedMemory).toBe(24_688);
    for (let i = 0; i < 5; i++) say("CONFIG RESETSTAT");
    expect(before - say.engine.usedMemory).toBe(24_688);
  });
});
