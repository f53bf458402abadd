import { describe, expect, test } from "vitest";
import type { DataFile } from "../../src/catalog/data-file.ts";
import familiesJson from "../../src/catalog/families.json" with { type: "json" };
import r7gJson from "../../src/catalog/nodes/r7g.json" with { type: "json" };
import {
  isNodeType,
  joinNodes,
  maxmemoryAfterReserve,
  type NodeType,
  nodeType,
  nodeTypes,
} from "../../src/catalog/nodes.ts";
import { GIB } from "../../src/units.ts";
import { FACTS_ABSENT, nodeFacts } from "./shared-facts.ts";

const FAMILIES: DataFile = { file: "families.json", data: familiesJson };
/** Rows by family, in the order of the table. */
function families(): Map<string, NodeType[]> {
  const byFamily = new Map<string, NodeType[]>();
  for (const node of nodeTypes()) byFamily.set(node.family, [...(byFamily.get(node.family) ?? []), node]);
  return byFamily;
}

const file = (data: unknown, name = "nodes/r7g.json"): DataFile => ({ file: name, data });

describe("the table of node types", () => {
  test("holds 94 types of 16 families, each once", () => {
    expect(nodeTypes()).toHaveLength(94);
    expect(new Set(nodeTypes().map(node => node.type)).size).toBe(94);
    expect([...families()].map(([family, rows]) => `${family} ${rows.length}`).join(", ")).toBe(
      "t2 3, t3 3, t4g 3, m4 5, m5 6, m6g 7, m7g 7, m8g 7, r4 6, r5 6, r6g 7, r7g 7, r8g 7, r6gd 6, c7gn 7, c8gn 7",
    );
  });

  test("has the figures of the AWS tables", () => {
    expect(nodeType("cache.r7g.xlarge")).toMatchObject({
      vcpu: 4,
      memoryGiB: 26.32,
      maxmemoryBytes: 28261849702,
      ssdGiB: null,
      network: { baselineGbps: 1.876, burstGbps: 12.5 },
      enhancedIo: true,
      tlsOffload: true,
      enhancedIoMultiplexing: true,
      maxclients: 65000,
      replicaOutputBufferLimitBytes: 2826184970,
    });
    expect(nodeType("cache.t3.micro")).toMatchObject({
      maxmemoryBytes: 536870912,
      maxclients: 20000,
      enhancedIo: false,
    });
    expect(nodeType("cache.t3.medium").maxclients).toBe(46000);
    expect(nodeType("cache.r6gd.16xlarge").ssdGiB).toBe(1592.56);
    expect(nodeType("cache.c8gn.16xlarge").network).toEqual({ baselineGbps: 200, burstGbps: null });
    expect(nodeType("cache.m8g.large").maxmemoryBytes).toBe(7294178820);
    expect(nodeType("cache.t2.medium").cpuCredits).toEqual({
      perHour: 24,
      max: 576,
      baselinePercentPerVcpu: 20,
      launch: 60,
      cloudWatchMetrics: false,
    });
    expect(nodeType("cache.r5.12xlarge").notes.join()).toMatch(/20 Gbps/u);
  });

  test("adds up: a checksum over columns notices a changed digit", () => {
    const total = (of: (node: NodeType) => number) => nodeTypes().reduce((sum, node) => sum + of(node), 0);
    expect(total(node => node.vcpu)).toBe(2124);
    expect(total(node => node.maxmemoryBytes)).toBe(10752896333163);
    expect(total(node => node.ssdGiB ?? 0)).toBeCloseTo(99.33 + 199.07 + 398.14 + 796.28 + 1194.42 + 1592.56, 6);
    expect(total(node => node.maxclients)).toBe(87 * 65000 + 5 * 20000 + 2 * 46000);
  });

  test("offers r6gd not on Memcached, the 8th generation not on Redis OSS, and T2 not to new clusters", () => {
    expect(nodeType("cache.r6gd.xlarge").engines).toEqual(["valkey", "redis"]);
    expect(nodeType("cache.r8g.xlarge").engines).toEqual(["valkey", "memcached"]);
    expect(nodeType("cache.r7g.xlarge").engines).toEqual(["valkey", "redis", "memcached"]);
    expect(
      nodeTypes()
        .filter(node => !node.newClusters)
        .every(node => node.family === "t2"),
    ).toBe(true);
  });

  test("isNodeType says what nodeType would refuse", () => {
    expect(isNodeType("cache.r7g.large")).toBe(true);
    expect(isNodeType("cache.r7g.huge")).toBe(false);
    expect(() => nodeType("cache.r7g.huge")).toThrow(/cache\.r7g\.huge/u);
  });
});

describe("laws over every node type", () => {
  test.each(nodeTypes().map(node => [node.type, node] as const))("%s", (_, node) => {
    // AWS prints GiB to two or three decimals.
    expect(Math.abs(node.maxmemoryBytes / GIB - node.memoryGiB)).toBeLessThan(0.0131);
    if (node.network.burstGbps !== null) expect(node.network.burstGbps).toBeGreaterThan(node.network.baselineGbps);
    expect(node.cpuCredits !== null).toBe(node.family.startsWith("t"));
    expect(node.ssdGiB !== null).toBe(node.family === "r6gd");
    if (node.cpuCredits !== null) {
      const { perHour, max, baselinePercentPerVcpu } = node.cpuCredits;
      // The balance is capped at a day's earning, and the baseline is what the earning pays for.
      expect(max).toBe(24 * perHour);
      expect(perHour).toBeCloseTo((node.vcpu * 60 * baselinePercentPerVcpu) / 100, 9);
    }
    expect(node.cpuSpeed.low).toBeLessThanOrEqual(node.cpuSpeed.value);
    expect(node.cpuSpeed.value).toBeLessThanOrEqual(node.cpuSpeed.high);
    expect(node.enhancedIo || !node.tlsOffload).toBe(true);
  });

  test("within a family a larger size has more of everything", () => {
    for (const rows of families().values()) {
      rows.slice(1).forEach((node, i) => {
        expect(node.maxmemoryBytes).toBeGreaterThan(rows[i].maxmemoryBytes);
        expect(node.vcpu).toBeGreaterThanOrEqual(rows[i].vcpu);
        expect(node.network.baselineGbps).toBeGreaterThan(rows[i].network.baselineGbps);
      });
    }
  });
});

test("the speed of cores is told relative to Graviton2, with its range", () => {
  expect(nodeType("cache.r6g.large").cpuSpeed.value).toBe(1);
  expect(nodeType("cache.t4g.small").cpuSpeed.value).toBe(1);
  expect(nodeType("cache.r7g.large").cpuSpeed).toMatchObject({ value: 1.28, low: 1, high: 1.28 });
  expect(nodeType("cache.r8g.large").cpuSpeed.value).toBeCloseTo(1.28 * 1.47, 2);
  expect(nodeType("cache.m5.large").cpuSpeed.value).toBeLessThan(1);
  expect(nodeType("cache.m7g.large").processor).toBe("Graviton3");
});

test("maxmemoryAfterReserve gives what the engine reports (AWS's example: cache.t3.micro at 25 %)", () => {
  expect(maxmemoryAfterReserve(nodeType("cache.t3.micro"), 25)).toBe(402653184);
  expect(maxmemoryAfterReserve(nodeType("cache.t3.micro"), 0)).toBe(536870912);
  expect(() => maxmemoryAfterReserve(nodeType("cache.t3.micro"), 101)).toThrow(/101/u);
});

describe("a bad file stops the start", () => {
  test("a node type in two files is refused with both names", () => {
    expect(() => joinNodes([file(r7gJson), file(r7gJson, "nodes/copy.json")], FAMILIES)).toThrow(
      /node type cache\.r7g\.large stands in nodes\/r7g\.json and again in nodes\/copy\.json/u,
    );
  });

  test.each([
    ["an unknown key", (copy: typeof r7gJson) => Object.assign(copy.nodes[0], { price: 1 }), /price/u],
    ["a missing figure", (copy: typeof r7gJson) => Reflect.deleteProperty(copy.nodes[0], "vcpu"), /vcpu/u],
    ["no sources", (copy: typeof r7gJson) => Object.assign(copy.nodes[0], { sources: [] }), /sources/u],
    ["an undeclared source", (copy: typeof r7gJson) => copy.nodes[0].sources.push("RUMOUR"), /RUMOUR/u],
    [
      "a name that is not family and size",
      (copy: typeof r7gJson) => Object.assign(copy.nodes[0], { size: "xl" }),
      /r7g\.xl/u,
    ],
    ["a family without a row", (copy: typeof r7gJson) => Object.assign(copy, { family: "z9" }), /z9/u],
    [
      "a source without a year",
      (copy: typeof r7gJson) => Object.assign(copy.sources.NODES, { date: "lately" }),
      /year/u,
    ],
  ])("%s", (_, spoil, message) => {
    const copy = structuredClone(r7gJson);
    spoil(copy);
    expect(() => joinNodes([file(copy)], FAMILIES)).toThrow(message);
  });
});

describe.skipIf(FACTS_ABSENT)("against the collected facts (skipped where ../shared/facts is absent)", () => {
  test("every row is the collected one", () => {
    const ours = nodeTypes().map(node => ({
      type: node.type,
      family: node.family,
      size: node.size,
      class: node.class,
      vcpu: node.vcpu,
      memoryGiB: node.memoryGiB,
      maxmemoryBytes: node.maxmemoryBytes,
      usable: maxmemoryAfterReserve(node, 25),
      ssdGiB: node.ssdGiB,
      network: [node.network.baselineGbps, node.network.burstGbps],
      flags: [node.enhancedIo, node.tlsOffload, node.enhancedIoMultiplexing],
      maxclients: node.maxclients,
      replicaOutputBufferLimitBytes: node.replicaOutputBufferLimitBytes,
      memcached: [node.memcached?.maxCacheMemoryMB ?? null, node.memcached?.threads ?? null],
      credits: node.cpuCredits === null ? null : Object.values(node.cpuCredits),
    }));
    const theirs = nodeFacts().map(fact => ({
      type: fact.type,
      family: fact.family,
      size: fact.size,
      class: fact.class,
      vcpu: fact.vcpu,
      memoryGiB: fact.memoryGiB,
      maxmemoryBytes: fact.maxmemoryBytes,
      usable: fact.usableDataBytesAtDefaultReserve,
      ssdGiB: fact.ssdGiB,
      network: [fact.networkBaselineGbps, fact.networkBurstGbps],
      flags: [fact.enhancedIo, fact.tlsOffload, fact.enhancedIoMultiplexing],
      maxclients: fact.maxclients,
      replicaOutputBufferLimitBytes: fact.replicaOutputBufferLimitBytes,
      memcached: [fact.memcachedMaxCacheMemoryMB, fact.memcachedThreads],
      credits:
        fact.burst === null
          ? null
          : [
              fact.burst.creditsPerHour,
              fact.burst.maxAccruedCredits,
              fact.burst.baselinePctPerVcpu,
              fact.burst.launchCredits,
              fact.burst.cloudWatchCreditMetrics,
            ],
    }));
    const byType = (a: { type: string }, b: { type: string }) => a.type.localeCompare(b.type);
    expect(ours.sort(byType)).toEqual(theirs.sort(byType));
  });
});
