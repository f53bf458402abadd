// The append-only file of self-managed servers: its parameters, the disk under it, and what of that has no effect.

import type { AppendOnlyConfig } from "../models/config.ts";
import { lognormalByPercentiles } from "../sim/distributions/lognormal.ts";
import { MIB, NS_PER_MS } from "../units.ts";
import type { Report } from "./build-report.ts";
import type { EngineSetup } from "./engine-parameters.ts";
import type { Scenario } from "./schema.ts";

/** EBS gp3: single-digit ms, 125 MiB/s at its baseline (AWS, EBS volume types); the shape is assumed. */
const DEFAULT_FSYNC = lognormalByPercentiles(NS_PER_MS, 10 * NS_PER_MS);
const DEFAULT_BANDWIDTH = 125 * MIB;

export function appendOnlyConfig(
  { management, hardware: { disk } }: Scenario["cluster"],
  { modelled }: EngineSetup,
): AppendOnlyConfig | undefined {
  if (management !== "self-managed" || !modelled.flag("appendonly")) return undefined;
  return {
    fsync: modelled.text("appendfsync") as AppendOnlyConfig["fsync"],
    fsyncOnRewrite: !modelled.flag("no-appendfsync-on-rewrite"),
    rewritePercent: modelled.number("auto-aof-rewrite-percentage"),
    rewriteMinBytes: modelled.number("auto-aof-rewrite-min-size"),
    latencyNs: disk?.fsync ?? DEFAULT_FSYNC,
    bytesPerSecond: disk?.bandwidth ?? DEFAULT_BANDWIDTH,
  };
}

export function checkAppendOnly({ management, parameters, hardware }: Scenario["cluster"], report: Report): void {
  const isOn = management === "self-managed" && (parameters.appendonly === true || parameters.appendonly === "yes");
  if (!isOn && hardware.disk !== undefined) {
    report(
      ["cluster", "hardware", "disk"],
      "has no effect: nothing writes to a disk without «management: self-managed» and «parameters: { appendonly: yes }»",
    );
  }
  if (hardware.disk?.bandwidth === 0) report(["cluster", "hardware", "disk", "bandwidth"], "lets nothing through");
  for (const name of [
    "appendfsync",
    "no-appendfsync-on-rewrite",
    "auto-aof-rewrite-percentage",
    "auto-aof-rewrite-min-size",
  ]) {
    if (!isOn && management === "self-managed" && parameters[name] !== undefined) {
      report(["cluster", "parameters", name], "has no effect without «appendonly: yes»");
    }
  }
}
