// Names that a scenario may use, taken from the tables of the layers below.

import { clientLibraries } from "../../catalog/client-libraries.ts";
import { engineOfProfile, engineProfileNames } from "../../catalog/engines.ts";
import { nodeTypes } from "../../catalog/nodes.ts";
import { PROFILE_NAMES } from "../../engine/profile.ts";

export type Names = readonly [string, ...string[]];

/** Engines that this version can run: those with a command engine behind them. */
export const ENGINE_NAMES = engineProfileNames().filter(
  name => engineOfProfile(name) !== "memcached" && PROFILE_NAMES.includes(name),
) as unknown as Names;
export const LIBRARY_NAMES = clientLibraries().map(({ library }) => library) as unknown as Names;
export const NODE_NAMES = nodeTypes().map(node => node.type) as unknown as Names;

/** Why an engine that ElastiCache has is none of these. */
export function withoutEngine(name: string): string | undefined {
  if (!name.startsWith("memcached")) return undefined;
  return (
    "Memcached has no command engine here: with «deployment: serverless» its rates, its minimum of 1 GB and its limits are those of " +
    "Redis OSS, so redis-7.1 gives its bill, while its slabs, its LRU and its items of 1 MB at most are not modelled"
  );
}
