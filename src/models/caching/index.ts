// The table of patterns. A new one is one file, one line here and one in the scenario's grammar.

import type { PatternConfig } from "../config.ts";
import type { Requests } from "../requests.ts";
import { CacheAside } from "./cache-aside.ts";
import { Iterate } from "./iterate.ts";
import { JobStream } from "./job-stream.ts";
import type { Pattern, PatternWorld } from "./pattern.ts";
import { Publish } from "./publish.ts";
import { ReadModifyWrite } from "./read-modify-write.ts";
import { WriteBehind } from "./write-behind.ts";

/** Without writes of users, a write is one that a trace has recorded. */
const INVALIDATE = { copy: "invalidate", strict: false } as const;

/** The pattern of a workload; mixes of commands are made elsewhere (commands.ts). */
export function cachingPattern(
  config: Exclude<PatternConfig, { kind: "commands" }>,
  world: PatternWorld,
  requests: Requests,
  keyCount: number,
): Pattern {
  switch (config.kind) {
    case "cache-aside":
      return new CacheAside(world, requests, config, config.write ?? INVALIDATE);
    case "write-behind":
      return new WriteBehind(world, requests, config, config.behind);
    case "read-modify-write":
      return new ReadModifyWrite(world, requests, config, keyCount);
    case "iterate":
      return new Iterate(world, requests, config);
    case "job-stream":
      return new JobStream(world, requests, config, keyCount);
    case "publish":
      return new Publish(world, requests, config.sharded, keyCount);
  }
}
