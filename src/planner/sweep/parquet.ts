// A sweep as a Parquet file: one row a point, the axes as text columns under their paths, then the figures.

import { parquetWriteBuffer } from "hyparquet-writer";
import type { Sweep, SweepRow } from "../../result/sweep.ts";

const FIGURES = [
  "requests",
  "errorRate",
  "throughputPerSecond",
  "hitRate",
  "evictions",
  "latencyMeanUs",
  "latencyP50Us",
  "latencyP99Us",
  "latencyP999Us",
  "memoryPeakPercent",
  "engineCpuMaxPercent",
  "replicationLagP99Ms",
  "costMonthlyUsd",
] as const satisfies readonly (keyof SweepRow)[];

export function sweepParquet({ header, rows }: Sweep): Uint8Array {
  const ordered = [...rows].sort((a, b) => a.index - b.index);
  const text = (name: string, read: (row: SweepRow) => string) => ({
    name,
    data: ordered.map(read),
    type: "STRING" as const,
  });
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: "index", data: ordered.map(row => row.index), type: "INT32" },
      ...header.axes.map(axis => text(axis, row => row.settings[axis])),
      text("verdict", row => row.verdict),
      text("saturation", row => row.saturation),
      text("broken", row => row.broken.join("; ")),
      ...FIGURES.map(name => ({ name, data: ordered.map(row => row[name]), type: "DOUBLE" as const, nullable: true })),
      text("digest", row => row.digest),
    ],
    kvMetadata: [{ key: "cachecast", value: JSON.stringify(header) }],
  });
  return new Uint8Array(buffer);
}
