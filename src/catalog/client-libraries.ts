// Client libraries: what each does when nobody tells it otherwise. Values are in the scenario's own words, since they stand
// in for keys of `clients` that are left out; the scenario's grammar reads them.

import { z } from "zod";
import { assert } from "../assert.ts";
import generic from "./clients/generic.json" with { type: "json" };
import goRedis from "./clients/go-redis.json" with { type: "json" };
import ioredis from "./clients/ioredis.json" with { type: "json" };
import jedis from "./clients/jedis.json" with { type: "json" };
import lettuce from "./clients/lettuce.json" with { type: "json" };
import lettuce6 from "./clients/lettuce-6.json" with { type: "json" };
import nodeRedis from "./clients/node-redis.json" with { type: "json" };
import redisPy from "./clients/redis-py.json" with { type: "json" };
import redisPy5 from "./clients/redis-py-5.json" with { type: "json" };
import valkeyGlide from "./clients/valkey-glide.json" with { type: "json" };
import { type DataFile, indexRows, once, parseDataFile, sourceIds, sources } from "./data-file.ts";

const value = z.union([z.number(), z.string(), z.boolean(), z.array(z.string())]);

const libraryFile = z.strictObject({
  sources,
  library: z.string(),
  language: z.string(),
  version: z.string(),
  summary: z.string(),
  /** What its users can do about a finding, by the finding's id. */
  advice: z.record(z.string(), z.string()).optional(),
  defaults: z
    .array(
      z
        .strictObject({
          /** Path below a client of the scenario. */
          key: z.string(),
          value,
          /** Where it differs with cluster mode disabled. */
          single: value.optional(),
          note: z.string().optional(),
          sources: sourceIds,
        })
        .readonly(),
    )
    .readonly(),
});

export type ClientLibrary = z.infer<typeof libraryFile>;
export type LibraryDefault = ClientLibrary["defaults"][number];

/** In the order in which they are shown. What a library says nothing about is as in the first. */
const FILES: readonly DataFile[] = [
  { file: "clients/generic.json", data: generic },
  { file: "clients/lettuce.json", data: lettuce },
  { file: "clients/lettuce-6.json", data: lettuce6 },
  { file: "clients/jedis.json", data: jedis },
  { file: "clients/ioredis.json", data: ioredis },
  { file: "clients/node-redis.json", data: nodeRedis },
  { file: "clients/redis-py.json", data: redisPy },
  { file: "clients/redis-py-5.json", data: redisPy5 },
  { file: "clients/go-redis.json", data: goRedis },
  { file: "clients/valkey-glide.json", data: valkeyGlide },
];

export const GENERIC_LIBRARY = "generic";

const table = once(() =>
  indexRows(
    "client library",
    FILES.map(source => {
      const row = parseDataFile(libraryFile, source);
      indexRows(
        `default of ${row.library}:`,
        row.defaults.map(one => ({ file: source.file, key: one.key, row: one })),
      );
      return { file: source.file, key: row.library, row };
    }),
  ),
);

export function clientLibraries(): readonly ClientLibrary[] {
  return [...table().values()];
}

export function clientLibrary(name: string): ClientLibrary {
  const found = table().get(name);
  assert(found !== undefined, `the catalogue has no client library ${name}`);
  return found;
}
