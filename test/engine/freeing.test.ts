// Where a big value is freed: on the engine thread or in the background, by path, parameter and version. Measured: DEL of a
// zset takes 46-194 ns a member on the main thread of 7.0 and ~12 us at any size on 8.0, UNLINK 5-25 us on both
// (models/physics.md, 4.2); the parameters are read from the server's source (dbGenericDelete, dbSetValue, emptyData).

import { describe, expect, it } from "vitest";
import { talk } from "./harness.ts";

const MEMBERS = 1_000;
const members = Array.from({ length: MEMBERS }, (_, i) => `m${i}`);

interface Path {
  readonly name: string;
  /** Calls that lead to the moment at which the set `big` is freed; the last one frees it. */
  readonly calls: readonly string[];
  /** The parameter that decides, or what holds without one. */
  readonly by: string | "always" | "never";
}

const PATHS: readonly Path[] = [
  { name: "DEL", calls: ["del big"], by: "lazyfree-lazy-user-del" },
  { name: "UNLINK", calls: ["unlink big"], by: "always" },
  { name: "SET over it", calls: ["set big x"], by: "lazyfree-lazy-server-del" },
  { name: "RENAME over it", calls: ["set other x", "rename other big"], by: "lazyfree-lazy-server-del" },
  { name: "COPY over it", calls: ["set other x", "copy other big replace"], by: "lazyfree-lazy-server-del" },
  { name: "SINTERSTORE of nothing over it", calls: ["sinterstore big none"], by: "lazyfree-lazy-server-del" },
  { name: "EXPIRE in the past", calls: ["pexpireat big 1"], by: "lazyfree-lazy-expire" },
  { name: "FLUSHALL", calls: ["flushall"], by: "lazyfree-lazy-user-flush" },
  { name: "FLUSHALL ASYNC", calls: ["flushall async"], by: "always" },
  { name: "FLUSHDB SYNC", calls: ["flushdb sync"], by: "never" },
];

function freed(profile: string, parameters: Record<string, string>, calls: readonly string[]) {
  const say = talk({ profile, parameters });
  say("sadd big", ...members);
  for (const call of calls) say(call);
  const { freedElements, lazyFreedElements } = say.engine.effort;
  return { here: freedElements, background: lazyFreedElements };
}

describe.each(PATHS)("$name", ({ calls, by }) => {
  const parameters = (value: string) => (by === "always" || by === "never" ? {} : { [by]: value });

  it.each(["redis-7.0", "valkey-7.2", "valkey-8.0", "valkey-9.0"])("follows its parameter on %s", profile => {
    for (const value of ["yes", "no"]) {
      const { here, background } = freed(profile, parameters(value), calls);
      const inBackground = by === "always" || (by !== "never" && value === "yes");
      expect(inBackground ? background : here).toBeGreaterThanOrEqual(MEMBERS);
      expect(inBackground ? here : background).toBe(0);
    }
  });

  it("without a word it blocks before Valkey 8 and does not from then on", () => {
    if (by === "always" || by === "never") return;
    expect(freed("valkey-7.2", {}, calls).here).toBeGreaterThanOrEqual(MEMBERS);
    expect(freed("redis-7.1", {}, calls).background).toBe(0);
    expect(freed("valkey-8.0", {}, calls).background).toBeGreaterThanOrEqual(MEMBERS);
    expect(freed("valkey-8.1", {}, calls).here).toBe(0);
  });
});

describe("by the server itself", () => {
  it.each([
    ["valkey-7.2", "no"],
    ["valkey-7.2", "yes"],
    ["valkey-8.0", "no"],
    ["valkey-8.0", "yes"],
  ])("%s with lazyfree-lazy-expire %s: a key that expires when it is touched, and by the cycle", (profile, lazy) => {
    for (const touched of [true, false]) {
      const say = talk({ profile, parameters: { "lazyfree-lazy-expire": lazy } });
      say("sadd big", ...members);
      say("pexpire big 10");
      say.engine.setTime(say.engine.nowMs + 100);
      if (touched) say("exists big");
      else for (let i = 0; i < 5 && say.engine.databases[0]!.size > 0; i++) say.engine.cron(say.engine.nowMs + 100);
      const { effort } = say.engine;
      expect(lazy === "yes" ? effort.lazyFreedElements : effort.freedElements).toBe(MEMBERS);
      expect(lazy === "yes" ? effort.freedElements : effort.lazyFreedElements).toBe(0);
    }
  });

  it.each(["no", "yes"])("eviction with lazyfree-lazy-eviction %s", lazy => {
    const say = talk({
      profile: "valkey-7.2",
      parameters: { "lazyfree-lazy-eviction": lazy, "maxmemory-policy": "allkeys-random" },
    });
    say("sadd big", ...members);
    say("config set maxmemory", String(say.engine.usedMemory - 1_000));
    say("set k v");
    const { effort } = say.engine;
    expect(effort.evictedKeys).toBe(1);
    expect(lazy === "yes" ? effort.lazyFreedElements : effort.freedElements).toBe(MEMBERS);
  });

  it("small values are freed at once even by UNLINK: up to 64 elements", () => {
    const say = talk({ profile: "valkey-8.0" });
    say("sadd few", ...members.slice(0, 64));
    say("unlink few");
    expect([say.engine.effort.freedElements, say.engine.effort.lazyFreedElements]).toEqual([64, 0]);
  });
});
