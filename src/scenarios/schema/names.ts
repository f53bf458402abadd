// Names that a scenario may use, taken from the tables of the layers below.

import { clientLibraries } from "../../catalog/client-libraries.ts";
import { engineOfProfile, engineProfileNames } from "../../catalog/engines.ts";
import { nodeTypes } from "../../catalog/nodes.ts";
import { MEMCACHED_PROFILE, PROFILE_NAMES } from "../../engine/profile.ts";

export type Names = readonly [string, ...string[]];

/** Engines of Valkey's semantics: plans, imports and curves know them. */
export const ENGINE_NAMES = engineProfileNames().filter(
  name => engineOfProfile(name) !== "memcached" && PROFILE_NAMES.includes(name),
) as unknown as Names;
/** All that a cluster can run. */
export const CLUSTER_ENGINE_NAMES = [...ENGINE_NAMES, MEMCACHED_PROFILE.name] as unknown as Names;
export const LIBRARY_NAMES = clientLibraries().map(({ library }) => library) as unknown as Names;
export const NODE_NAMES = nodeTypes().map(node => node.type) as unknown as Names;
