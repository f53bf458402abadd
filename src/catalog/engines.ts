// Parameter defaults of each engine profile: what an ElastiCache parameter group gives and what the engine itself
// starts with. A profile may extend an earlier one and then holds only what differs; rows it takes over say so.

import { z } from "zod";
import { assert } from "../assert.ts";
import { MIB } from "../units.ts";
import { type DataFile, indexRows, once, parseDataFile, sourceIds, sources } from "./data-file.ts";
import memcached16 from "./engines/memcached-1.6.json" with { type: "json" };
import redis70 from "./engines/redis-7.0.json" with { type: "json" };
import redis71 from "./engines/redis-7.1.json" with { type: "json" };
import valkey72 from "./engines/valkey-7.2.json" with { type: "json" };
import valkey80 from "./engines/valkey-8.0.json" with { type: "json" };
import valkey81 from "./engines/valkey-8.1.json" with { type: "json" };
import valkey90 from "./engines/valkey-9.0.json" with { type: "json" };
import type { NodeType } from "./nodes.ts";
import { ENGINE_PRODUCTS, type EngineProduct } from "./product.ts";

/** Parameters whose ElastiCache value depends on the node type. Where AWS prints no figure, the rule of its others. */
const PER_NODE = {
  maxmemoryBytes: node => node.maxmemoryBytes,
  maxclients: node => node.maxclients,
  replicaOutputBufferLimitBytes: node => node.replicaOutputBufferLimitBytes ?? Math.floor(node.maxmemoryBytes / 10),
  "memcached.maxCacheMemoryMB": node => node.memcached?.maxCacheMemoryMB ?? Math.round(node.maxmemoryBytes / MIB),
  "memcached.threads": node => node.memcached?.threads ?? node.vcpu,
} satisfies Readonly<Record<string, (node: NodeType) => number>>;

const PER_NODE_KEYS = Object.keys(PER_NODE) as (keyof typeof PER_NODE)[];

const value = z.union([z.number(), z.string()]);

const parameter = z.strictObject({
  name: z.string(),
  /** Default in the ElastiCache parameter group; null where the group does not have it: then `upstream` holds. */
  elasticache: value.nullable(),
  /** Compiled default of the engine; null where only ElastiCache knows the parameter. */
  upstream: value.nullable(),
  /** Whether a custom parameter group may change it. */
  modifiable: z.boolean(),
  /** The ElastiCache value comes from this field of the node type. */
  perNode: z.enum(PER_NODE_KEYS).optional(),
  /** What ElastiCache accepts, where known; for parameters it does not expose, what the engine accepts. */
  values: z.array(value).readonly().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  unit: z.string().optional(),
  note: z.string().optional(),
  sources: sourceIds,
});

const engineFile = z.strictObject({
  profile: z.string(),
  engine: z.enum(ENGINE_PRODUCTS),
  extends: z.string().optional(),
  note: z.string().optional(),
  sources,
  parameters: z.array(parameter).readonly(),
});

export type ParameterValue = z.infer<typeof value>;
export type Parameter = Readonly<
  z.infer<typeof parameter> & {
    /** The profile whose file holds the row, where that is an earlier version. */
    carriedFrom: string | null;
  }
>;
export type Defaults = "elasticache" | "upstream";

interface Profile {
  readonly engine: EngineProduct;
  readonly parameters: ReadonlyMap<string, Parameter>;
}

const ENGINE_FILES: readonly DataFile[] = [
  { file: "engines/valkey-7.2.json", data: valkey72 },
  { file: "engines/valkey-8.0.json", data: valkey80 },
  { file: "engines/valkey-8.1.json", data: valkey81 },
  { file: "engines/valkey-9.0.json", data: valkey90 },
  { file: "engines/redis-7.0.json", data: redis70 },
  { file: "engines/redis-7.1.json", data: redis71 },
  { file: "engines/memcached-1.6.json", data: memcached16 },
];

/** The profiles of these files; one that extends another comes after it. Exported so that tests can show refusals. */
export function joinEngines(files: readonly DataFile[]): ReadonlyMap<string, Profile> {
  const parsed = files.map(source => ({ file: source.file, head: parseDataFile(engineFile, source) }));
  indexRows(
    "engine profile",
    parsed.map(({ file, head }) => ({ file, key: head.profile, row: head })),
  );
  const profiles = new Map<string, Profile>();
  for (const { file, head } of parsed) {
    const own = indexRows(
      `parameter of ${head.profile}:`,
      head.parameters.map(row => ({ file, key: row.name, row: { ...row, carriedFrom: null } })),
    );
    profiles.set(head.profile, {
      engine: head.engine,
      parameters: new Map([...carriedRows(profiles, file, head.extends), ...own]),
    });
  }
  return profiles;
}

function carriedRows(profiles: ReadonlyMap<string, Profile>, file: string, name: string | undefined) {
  if (name === undefined) return [];
  const earlier = profiles.get(name);
  assert(earlier !== undefined, `${file} extends ${name}, which no file before it declares`);
  return [...earlier.parameters].map(([key, row]): [string, Parameter] => [
    key,
    { ...row, carriedFrom: row.carriedFrom ?? name },
  ]);
}

const catalogue = once(() => joinEngines(ENGINE_FILES));

function profile(name: string): Profile {
  const found = catalogue().get(name);
  assert(found !== undefined, `the catalogue has no engine profile ${name}`);
  return found;
}

/** "valkey-7.2", "valkey-8.0" and so on. */
export function engineProfileNames(): readonly string[] {
  return [...catalogue().keys()];
}

/** The engine a profile is a version of, as prices know it. */
export function engineOfProfile(name: string): EngineProduct {
  return profile(name).engine;
}

/** Every parameter of the profile with both defaults, range and sources. */
export function engineParameters(name: string): ReadonlyMap<string, Parameter> {
  return profile(name).parameters;
}

/**
 * The values a server of this profile starts with: on ElastiCache the parameter group's, completed by the engine's own
 * where the group is silent; upstream the engine's alone. What depends on the node type is left out unless `node` is
 * given, since no one value would be true.
 */
export function engineProfileParameters(
  name: string,
  defaults: Defaults,
  node?: NodeType,
): ReadonlyMap<string, ParameterValue> {
  const values = new Map<string, ParameterValue>();
  for (const row of profile(name).parameters.values()) {
    const start = defaults === "upstream" ? row.upstream : onElastiCache(row, node);
    if (start !== null) values.set(row.name, start);
  }
  return values;
}

function onElastiCache(row: Parameter, node: NodeType | undefined): ParameterValue | null {
  if (row.perNode !== undefined) return node === undefined ? null : PER_NODE[row.perNode](node);
  return row.elasticache ?? row.upstream;
}
