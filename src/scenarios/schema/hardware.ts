// Scenario keys of `cluster.hardware`: what AWS does not publish of a node.

import { z } from "zod";
import { bytes, count, duration, durations, share } from "../fields.ts";

const cpuCreditsSchema = z
  .strictObject({
    start: share("Credits at the start of the run, of the most that the node can hold.", ["100%", "0%"]).optional(),
    throttleOver: duration("Until a node without credits is down at its baseline, to 5 %.", ["15m"]).optional(),
  })
  .meta({ description: "CPU credits of burstable nodes (t2, t3, t4g)." });

const networkSchema = z
  .strictObject({
    bucket: duration("The bucket of bandwidth credits: so long at full burst.", ["5m", "30s"]).prefault("5m"),
    start: share("How full the bucket is at the start of the run.", ["100%", "0%"]).prefault("100%"),
    queue: duration("What finds more traffic than that before it is dropped.", ["20ms"]).prefault("20ms"),
    packetsPerSecond: count("Packets per second, each way; by the node's burst bandwidth when left out.", [
      "1M",
    ]).optional(),
    retransmit: duration("TCP sends again what was dropped after that time, then doubled.", ["200ms"]).prefault(
      "200ms",
    ),
    trackedConnections: count("Connections that the host can track; no limit when left out.", ["60k"]).optional(),
  })
  .meta({ description: "Allowances of a node's interface: bandwidth credits, packets, tracked connections." });

const swapSchema = z
  .strictObject({
    size: share("Swap of the host, of its memory; beyond it the kernel kills the engine.", ["25%", "0%"]).prefault(
      "25%",
    ),
    pageIn: duration("To bring one page back.", ["500us"]).prefault("500us"),
  })
  .meta({ description: "What happens when the engine needs more memory than its host has." });

const diskSchema = z
  .strictObject({
    fsync: durations("Latency of an fsync; lognormal(p50=1ms, p99=10ms) when left out.", [
      "lognormal(p50=1ms, p99=10ms)",
    ]).optional(),
    bandwidth: bytes("What it writes per second; 125MiB when left out.", ["125MiB"]).optional(),
  })
  .meta({ description: "The disk under the append-only file of self-managed servers." });

export const hardwareSchema = z
  .strictObject({
    cpuCredits: cpuCreditsSchema.optional(),
    network: networkSchema.prefault({}),
    swap: swapSchema.prefault({}),
    disk: diskSchema.optional(),
  })
  .meta({ description: "What AWS does not publish of a node: assumptions." });
