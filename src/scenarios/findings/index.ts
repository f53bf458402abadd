// What an experienced eye would say about a result: the table of rules. A new one is one file and one line here.

import type { Finding, Result } from "../../result.ts";
import type { Built } from "../build.ts";
import { cpuCredits, networkAllowance } from "./allowances.ts";
import { busyScript } from "./busy-script.ts";
import { connectionChurn } from "./connection-churn.ts";
import { connectionLimit } from "./connection-limit.ts";
import { connectionStorm } from "./connection-storm.ts";
import { derivedMemory } from "./derived-memory.ts";
import { endlessSync } from "./endless-sync.ts";
import { engineCpu } from "./engine-cpu.ts";
import { evictions } from "./evictions.ts";
import { hitRate } from "./hit-rate.ts";
import { hotShard } from "./hot-shard.ts";
import { idleClosed } from "./idle-closed.ts";
import { jobsPileUp, lostUpdates, messagesMissed, slowSubscribers, writesLost } from "./losses.ts";
import { massExpiry } from "./mass-expiry.ts";
import { memory } from "./memory.ts";
import { metastable } from "./metastable.ts";
import { noReplica } from "./no-replica.ts";
import { noeviction } from "./noeviction.ts";
import { outdatedName } from "./outdated-name.ts";
import { overloaded } from "./overloaded.ts";
import { parametersWithoutEffect } from "./parameters-without-effect.ts";
import { pool } from "./pool.ts";
import { quotaReached, refusedDrill } from "./refused-drill.ts";
import { retryStorm } from "./retry-storm.ts";
import type { Rule } from "./rule.ts";
import { saveEvicts } from "./save-evicts.ts";
import { silentHost } from "./silent-host.ts";
import { slowCommands } from "./slow-commands.ts";
import { splitBrain } from "./split-brain.ts";
import { stampede } from "./stampede.ts";
import { swap } from "./swap.ts";
import { nearMaximum, throttled } from "./throttled.ts";
import { unaskedOrigin } from "./unasked-origin.ts";
import { unsettled } from "./unsettled.ts";
import { wrongCredentials } from "./wrong-credentials.ts";

export const RULES: readonly Rule[] = [
  overloaded,
  metastable,
  retryStorm,
  stampede,
  silentHost,
  splitBrain,
  endlessSync,
  wrongCredentials,
  outdatedName,
  connectionStorm,
  connectionLimit,
  slowCommands,
  busyScript,
  quotaReached,
  writesLost,
  saveEvicts,
  cpuCredits,
  networkAllowance,
  hotShard,
  massExpiry,
  jobsPileUp,
  lostUpdates,
  messagesMissed,
  slowSubscribers,
  engineCpu,
  memory,
  throttled,
  nearMaximum,
  evictions,
  hitRate,
  swap,
  noReplica,
  noeviction,
  pool,
  idleClosed,
  connectionChurn,
  unsettled,
  refusedDrill,
  parametersWithoutEffect,
  derivedMemory,
  unaskedOrigin,
];

const SEVERITY = { critical: 0, warning: 1, info: 2 } as const;

/** All findings, the gravest first. */
export function findFindings(result: Result, built: Built): Finding[] {
  const found = RULES.flatMap((rule): Finding[] => {
    const one = rule.find(result, built);
    return one === null ? [] : [{ id: rule.id, ...one }];
  });
  return found.sort((a, b) => SEVERITY[a.severity] - SEVERITY[b.severity]);
}
