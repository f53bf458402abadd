// What one node serves at most, against published figures (aws-facts.md, section 8) and the reference core's CPU times.

import { nodeType } from "../../src/catalog/nodes.ts";
import { COMMANDS } from "../../src/engine/commands/index.ts";
import { engineProfile } from "../../src/engine/profile.ts";
import { Cpu } from "../../src/models/cpu.ts";
import type { Row, Subject } from "./row.ts";

/** A command's engine-thread and I/O-thread time on a node, per command, with so many commands per turn. */
export function request(options: {
  node: string;
  engine: string;
  command: "get" | "set";
  valueBytes: number;
  pipeline?: number;
  tls?: boolean;
  ioThreads?: number;
}) {
  const cpu = new Cpu(
    {
      node: nodeType(options.node)!,
      profile: engineProfile(options.engine)!,
      tls: options.tls ?? false,
      ioThreads: options.ioThreads,
    },
    COMMANDS,
  );
  const stored = options.valueBytes + 10;
  const bytesIn = options.command === "get" ? 36 : 36 + stored;
  const bytesOut = options.command === "get" ? stored : 5;
  const engineNs =
    cpu.turnNs / (options.pipeline ?? 1) +
    cpu.overheadNs +
    bytesIn * cpu.byteInNs +
    bytesOut * cpu.byteOutNs +
    cpu.commandNs(COMMANDS.get(options.command)!.id, 0);
  const ioNs = cpu.ioTurnNs / (options.pipeline ?? 1) + bytesIn * cpu.ioByteNs;
  return { perSecond: 1e9 / engineNs, ioLimit: ioNs === 0 ? Number.POSITIVE_INFINITY : (cpu.ioThreads * 1e9) / ioNs };
}

/** Row of aws-facts.md 8; node, engine, command, value bytes, pipeline, I/O threads, requests per second, bound. */
const PUBLISHED = [
  ["13, one thread", "cache.r7g.large", "valkey-7.2", "get", 100, 1, undefined, 160_000, 0.05],
  ["5, 8 I/O threads, SET of 512 B", "cache.c7gn.4xlarge", "valkey-8.0", "set", 512, 1, 8, 1_190_000, 0.2],
  ["5, 8 I/O threads, SET of 512 B", "cache.c7gn.4xlarge", "valkey-7.2", "set", 512, 1, 8, 360_000, 0.1],
  ["7, SET, pipeline of 10", "cache.m7g.xlarge", "valkey-7.2", "set", 3, 10, 4, 742_390, 0.33],
  ["9, SET, pipeline of 10", "cache.m7g.xlarge", "valkey-8.0", "set", 3, 10, 4, 964_320, 0.33],
] as const;

export const throughput: Subject = {
  title: "Throughput of a node",
  about:
    "Requests per second at which the engine thread is busy all the time, against published benchmarks (aws-facts.md 8; the " +
    "row's number in front). The last two, pipelined on four vCPUs, are the model's worst: see docs/models.md, 1.",
  missing: null,
  rows: () =>
    PUBLISHED.map(([row, node, engine, command, valueBytes, pipeline, ioThreads, published, bound]): Row => {
      const { perSecond } = request({ node, engine, command, valueBytes, pipeline, ...(ioThreads && { ioThreads }) });
      return {
        what: `row ${row}: ${node}, ${engine}`,
        predicted: perSecond,
        reference: published,
        unit: "/s",
        bound,
        kind: "relative",
      };
    }),
};
