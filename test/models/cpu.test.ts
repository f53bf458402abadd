// The processor's cost model against the figures that it was fitted to or must explain; published throughputs are in
// test/validation/throughput.ts.

import { describe, expect, it } from "vitest";
import { COMMAND_COSTS, commandNs, freeNs } from "../../src/models/costs.ts";
import { request } from "../validation/throughput.ts";

describe("requests per second of one engine thread", () => {
  // physics.md 4.1: redis-server 7.0.15 on the reference core, CPU time per request in us; ours is k times that, and k
  // is 0.845 on Graviton2. m6g has no Enhanced I/O below xlarge.
  it.each([
    ["get", 1, 9.4],
    ["get", 16, 1.28],
    ["set", 1, 9.4],
    ["set", 16, 1.53],
  ] as const)("%s of 100 B, %d to a turn: %d us on the reference core", (command, pipeline, us) => {
    const { perSecond } = request({ node: "cache.m6g.large", engine: "redis-7.0", command, valueBytes: 100, pipeline });
    expect(1e6 / perSecond / 0.845 / us).toBeGreaterThan(0.93);
    expect(1e6 / perSecond / 0.845 / us).toBeLessThan(1.07);
  });

  it("row 4: a million and more on r7g.4xlarge with Redis OSS 7.1 and Valkey 8, twice Redis OSS 7.0", () => {
    const on = (engine: string) =>
      request({ node: "cache.r7g.4xlarge", engine, command: "get", valueBytes: 100 }).perSecond;
    expect(on("redis-7.1")).toBeGreaterThan(1e6);
    expect(on("valkey-8.0")).toBeGreaterThan(1e6);
    expect(on("redis-7.1") / on("redis-7.0")).toBeGreaterThan(1.9);
  });

  it("row 3: Graviton3 is at most 28 % faster than Graviton2", () => {
    const on = (node: string) => request({ node, engine: "valkey-7.2", command: "get", valueBytes: 100 }).perSecond;
    const gain = on("cache.r7g.large") / on("cache.r6g.large");
    expect(gain).toBeGreaterThan(1.2);
    expect(gain).toBeLessThan(1.3);
  });

  // physics.md 4.3: twice the plain CPU at 100 B, pipelined or not.
  it.each([1, 16])("TLS doubles the time at %d to a turn", pipeline => {
    const at = (tls: boolean) =>
      request({ node: "cache.m6g.large", engine: "redis-7.0", command: "get", valueBytes: 100, pipeline, tls })
        .perSecond;
    expect(at(false) / at(true)).toBeGreaterThan(1.6);
    expect(at(false) / at(true)).toBeLessThan(2.4);
  });
});

describe("commands that touch many elements", () => {
  // physics.md 4.2, reference core, in us.
  it.each([
    ["mget", 100, 21.8],
    ["scan", 1_000, 185],
    ["keys", 10_000, 1_040],
    ["keys", 1_000_000, 650_000],
  ] as const)("%s over %d: %d us", (row, elements, us) => {
    expect(commandNs(COMMAND_COSTS[row]!, elements) / 1_000 / us).toBeCloseTo(1, 0);
    expect(Math.abs(commandNs(COMMAND_COSTS[row]!, elements) / 1_000 / us - 1)).toBeLessThan(0.1);
  });

  it("frees a million elements in 0.19 s: they are no longer in the caches", () => {
    expect(freeNs(1_000) / 1e3).toBeCloseTo(50, 0);
    expect(freeNs(1_000_000) / 1e9).toBeCloseTo(0.19, 2);
  });
});
