// Node types: what a node is. What it costs stands in prices/, how fast its cores are in families.json; the three are
// joined here by name. The number of I/O threads, the size of network credit buckets and packet allowances are not
// published by AWS and so not in the rows.

import { z } from "zod";
import { assert } from "../assert.ts";
import { type DataFile, indexRows, once, parseDataFile, sourceIds, sources } from "./data-file.ts";
import families from "./families.json" with { type: "json" };
import c7gn from "./nodes/c7gn.json" with { type: "json" };
import c8gn from "./nodes/c8gn.json" with { type: "json" };
import m4 from "./nodes/m4.json" with { type: "json" };
import m5 from "./nodes/m5.json" with { type: "json" };
import m6g from "./nodes/m6g.json" with { type: "json" };
import m7g from "./nodes/m7g.json" with { type: "json" };
import m8g from "./nodes/m8g.json" with { type: "json" };
import r4 from "./nodes/r4.json" with { type: "json" };
import r5 from "./nodes/r5.json" with { type: "json" };
import r6g from "./nodes/r6g.json" with { type: "json" };
import r6gd from "./nodes/r6gd.json" with { type: "json" };
import r7g from "./nodes/r7g.json" with { type: "json" };
import r8g from "./nodes/r8g.json" with { type: "json" };
import t2 from "./nodes/t2.json" with { type: "json" };
import t3 from "./nodes/t3.json" with { type: "json" };
import t4g from "./nodes/t4g.json" with { type: "json" };
import { ENGINE_PRODUCTS } from "./product.ts";

const node = z.strictObject({
  /** "cache.r7g.large" */
  type: z.string(),
  family: z.string(),
  size: z.string(),
  vcpu: z.int().positive(),
  memoryGiB: z.number().positive(),
  /** The node type's maxmemory before reserved-memory-percent. */
  maxmemoryBytes: z.int().positive(),
  /** Local SSD for data tiering; null where there is none. */
  ssdGiB: z.number().positive().nullable(),
  /** Burst is null where the bandwidth is fixed; otherwise it is best effort, fed by unpublished credits. */
  network: z
    .strictObject({ baselineGbps: z.number().positive(), burstGbps: z.number().positive().nullable() })
    .readonly(),
  enhancedIo: z.boolean(),
  tlsOffload: z.boolean(),
  enhancedIoMultiplexing: z.boolean(),
  maxclients: z.int().positive(),
  /** client-output-buffer-limit of replicas, hard and soft; null where AWS prints none. */
  replicaOutputBufferLimitBytes: z.int().positive().nullable(),
  /** What AWS prints for Memcached; null where its table has no row. */
  memcached: z
    .strictObject({ maxCacheMemoryMB: z.int().positive().nullable(), threads: z.int().positive() })
    .readonly()
    .nullable(),
  /** Burstable nodes: one credit is one vCPU at 100 % for a minute; ElastiCache runs them in standard mode. */
  cpuCredits: z
    .strictObject({
      perHour: z.number().positive(),
      max: z.number().positive(),
      baselinePercentPerVcpu: z.number().positive(),
      launch: z.number().nonnegative(),
      cloudWatchMetrics: z.boolean(),
    })
    .readonly()
    .nullable(),
  notes: z.array(z.string()).readonly(),
  sources: sourceIds,
});

const nodeFile = z.strictObject({
  family: z.string(),
  class: z.string(),
  engines: z.array(z.enum(ENGINE_PRODUCTS)).readonly(),
  /** False where AWS starts no new clusters on the family. */
  newClusters: z.boolean(),
  sources,
  nodes: z.array(node).min(1).readonly(),
});

const familyFile = z.strictObject({
  sources,
  families: z
    .array(
      z.strictObject({
        family: z.string(),
        processor: z.string(),
        /** Speed of one core relative to Graviton2 = 1: service times are divided by it. */
        cpuSpeed: z
          .strictObject({
            value: z.number().positive(),
            low: z.number().positive(),
            high: z.number().positive(),
            basis: z.string(),
            sources: sourceIds,
          })
          .readonly(),
      }),
    )
    .readonly(),
});

type NodeRow = z.infer<typeof node>;
type NodeFile = z.infer<typeof nodeFile>;
type Family = z.infer<typeof familyFile>["families"][number];

export type CpuSpeed = Family["cpuSpeed"];
/** A row of nodes/ with what holds for its whole family. */
export type NodeType = Readonly<
  NodeRow & Pick<NodeFile, "class" | "engines" | "newClusters"> & Pick<Family, "processor" | "cpuSpeed">
>;

const NODE_FILES: readonly DataFile[] = [
  { file: "nodes/t2.json", data: t2 },
  { file: "nodes/t3.json", data: t3 },
  { file: "nodes/t4g.json", data: t4g },
  { file: "nodes/m4.json", data: m4 },
  { file: "nodes/m5.json", data: m5 },
  { file: "nodes/m6g.json", data: m6g },
  { file: "nodes/m7g.json", data: m7g },
  { file: "nodes/m8g.json", data: m8g },
  { file: "nodes/r4.json", data: r4 },
  { file: "nodes/r5.json", data: r5 },
  { file: "nodes/r6g.json", data: r6g },
  { file: "nodes/r7g.json", data: r7g },
  { file: "nodes/r8g.json", data: r8g },
  { file: "nodes/r6gd.json", data: r6gd },
  { file: "nodes/c7gn.json", data: c7gn },
  { file: "nodes/c8gn.json", data: c8gn },
];
const FAMILY_FILE: DataFile = { file: "families.json", data: families };

/** Joins node files with the family file. Exported so that tests can show what is refused. */
export function joinNodes(nodeFiles: readonly DataFile[], ofFamilies: DataFile): ReadonlyMap<string, NodeType> {
  const speeds = indexRows(
    "family",
    parseDataFile(familyFile, ofFamilies).families.map(row => ({ file: ofFamilies.file, key: row.family, row })),
  );
  const rows = nodeFiles.flatMap(source => {
    const head = parseDataFile(nodeFile, source);
    const family = speeds.get(head.family);
    assert(family !== undefined, `family ${head.family} of ${source.file} has no row in ${ofFamilies.file}`);
    return head.nodes.map(one => {
      const name = `cache.${head.family}.${one.size}`;
      assert(one.type === name && one.family === head.family, `${one.type} in ${source.file} should be ${name}`);
      const row: NodeType = {
        ...one,
        class: head.class,
        engines: head.engines,
        newClusters: head.newClusters,
        processor: family.processor,
        cpuSpeed: family.cpuSpeed,
      };
      return { file: source.file, key: one.type, row };
    });
  });
  return indexRows("node type", rows);
}

const catalogue = once(() => joinNodes(NODE_FILES, FAMILY_FILE));
const all = once((): readonly NodeType[] => [...catalogue().values()]);

/** Every node type, by family (oldest first) and size. */
export function nodeTypes(): readonly NodeType[] {
  return all();
}

export function isNodeType(name: string): boolean {
  return catalogue().has(name);
}

/** The node type of this name. Ask `isNodeType` first where the name comes from outside. */
export function nodeType(name: string): NodeType {
  const found = catalogue().get(name);
  assert(found !== undefined, `the catalogue has no node type ${name}`);
  return found;
}

/** maxmemory as the engine reports it: what is left of the node's figure after the reservation. */
export function maxmemoryAfterReserve(of: NodeType, reservedMemoryPercent: number): number {
  assert(
    reservedMemoryPercent >= 0 && reservedMemoryPercent <= 100,
    `reserved-memory-percent ${reservedMemoryPercent} is not within 0..100`,
  );
  return Math.floor((of.maxmemoryBytes * (100 - reservedMemoryPercent)) / 100);
}
