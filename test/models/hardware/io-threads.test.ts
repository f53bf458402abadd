// I/O threads follow the node's flags and the engine's version, as AWS's table and release notes have it (aws-facts.md 1, 3, 8).

import { describe, expect, it } from "vitest";
import { nodeType, nodeTypes } from "../../../src/catalog/nodes.ts";
import { engineProfile } from "../../../src/engine/profile.ts";
import { ioSplit, ioThreadCount } from "../../../src/models/hardware/io-threads.ts";
import { request } from "../../validation/throughput.ts";

const profile = (name: string) => engineProfile(name)!;
const mode = (node: string, engine: string) => {
  const type = nodeType(node);
  return ioSplit(type, profile(engine), ioThreadCount(type, profile(engine))).mode;
};

describe("I/O threads", () => {
  it.each([
    // Below 4 vCPU there is none, t nodes have none at any size.
    ["cache.t4g.medium", "valkey-8.0", "none"],
    ["cache.m6g.large", "valkey-8.0", "none"],
    ["cache.c7gn.large", "valkey-9.0", "none"],
    // EIO Y, MUX Y on 2 vCPU in the edition of 2026 only: simulated as current Valkey only.
    ["cache.r7g.large", "valkey-8.1", "none"],
    ["cache.r7g.large", "valkey-9.0", "offload"],
    // EIO without multiplexing.
    ["cache.r5.xlarge", "redis-7.0", "enhanced"],
    ["cache.m5.xlarge", "valkey-7.2", "enhanced"],
    ["cache.r6gd.xlarge", "redis-7.1", "enhanced"],
    ["cache.r6gd.2xlarge", "redis-7.0", "multiplexing"],
    // Multiplexing from 7.0; the presentation layer's offload from 7.1 on eight physical cores, vCPUs of x86 being half.
    ["cache.r6g.xlarge", "redis-7.0", "multiplexing"],
    ["cache.r7g.xlarge", "redis-7.1", "multiplexing"],
    ["cache.r7g.2xlarge", "redis-7.1", "offload"],
    ["cache.r5.2xlarge", "redis-7.1", "multiplexing"],
    ["cache.r5.4xlarge", "redis-7.1", "offload"],
    ["cache.r7g.16xlarge", "valkey-7.2", "multiplexing"],
    // Valkey's own since 8.0.
    ["cache.r7g.xlarge", "valkey-8.0", "offload"],
    ["cache.r5.xlarge", "valkey-8.1", "offload"],
  ])("%s with %s: %s", (node, engine, expected) => {
    expect(mode(node, engine)).toBe(expected);
  });

  it("leave a core to the engine and are no more than eight", () => {
    for (const node of nodeTypes()) {
      const threads = ioThreadCount(node, profile("valkey-9.0"));
      expect(threads).toBeLessThan(node.vcpu);
      expect(threads).toBeLessThanOrEqual(8);
      if (!node.enhancedIo) expect(threads).toBe(0);
    }
  });

  it("gain at most what AWS gives as «up to»: 83 % for Enhanced I/O, 72 % more for multiplexing (rows 1 and 2)", () => {
    const perSecond = (node: string, ioThreads?: number) =>
      request({ node, engine: "redis-7.0", command: "get", valueBytes: 100, ...(ioThreads === 0 && { ioThreads }) })
        .perSecond;
    const enhanced = perSecond("cache.r5.xlarge") / perSecond("cache.r5.xlarge", 0);
    expect(enhanced).toBeGreaterThan(1.7);
    expect(enhanced).toBeLessThanOrEqual(1.84);
    const multiplexed = perSecond("cache.r6g.xlarge") / perSecond("cache.r6g.xlarge", 0) / enhanced;
    expect(multiplexed).toBeGreaterThan(1.1);
    expect(multiplexed).toBeLessThanOrEqual(1.72);
  });

  it("take TLS off the engine thread where AWS offloads it", () => {
    const cost = (node: string) =>
      1 /
      request({ node, engine: "redis-7.0", command: "get", valueBytes: 100, tls: true }).perSecond /
      (1 / request({ node, engine: "redis-7.0", command: "get", valueBytes: 100 }).perSecond);
    expect(cost("cache.r6g.xlarge")).toBeCloseTo(1, 5); // Graviton2 from 4 vCPU
    expect(cost("cache.r5.xlarge")).toBeGreaterThan(2); // x86 from 8 vCPU
    expect(cost("cache.r5.2xlarge")).toBeCloseTo(1, 5);
  });
});
