// A progress bar on stderr, for people: only on a terminal, and only once half a second has passed. Elsewhere one line
// per tenth of the run, so that a log shows life.

import { Presets, SingleBar } from "cli-progress";
import type { Progress } from "../scenarios/run.ts";
import { formatCount, formatRate } from "../units.ts";
import { say } from "./output.ts";

const APPEARS_AFTER_MS = 500;

export interface ProgressDisplay {
  update(progress: Progress): void;
  stop(): void;
}

export function showProgress(quiet: boolean): ProgressDisplay {
  if (quiet) return { update() {}, stop() {} };
  return process.stderr.isTTY === true ? bar() : lines();
}

function bar(): ProgressDisplay {
  const started = performance.now();
  let shown: SingleBar | null = null;
  return {
    update(progress) {
      const elapsed = (performance.now() - started) / 1_000;
      if (elapsed * 1_000 < APPEARS_AFTER_MS) return;
      if (shown === null) {
        shown = new SingleBar(
          {
            format: "{label} {bar} {percentage}% | {requests} requests, {rate} | ETA {eta_formatted}",
            stream: process.stderr,
            hideCursor: true,
            clearOnComplete: true,
            fps: 5,
          },
          Presets.shades_classic,
        );
        shown.start(1_000, 0, { label: "", requests: "", rate: "" });
      }
      const { replication, replications, simulatedNs, durationNs, requests } = progress;
      const share = (replication + simulatedNs / durationNs) / replications;
      shown.update(Math.floor(share * 1_000), {
        label: replications > 1 ? `replication ${replication + 1}/${replications}` : "simulating",
        requests: formatCount(requests),
        rate: formatRate((requests * (replication + 1)) / elapsed),
      });
    },
    stop() {
      shown?.stop();
    },
  };
}

function lines(): ProgressDisplay {
  let next = 0.1;
  const started = performance.now();
  return {
    update({ replication, replications, simulatedNs, durationNs }) {
      const share = (replication + simulatedNs / durationNs) / replications;
      if (share < next || performance.now() - started < 5_000) {
        if (share >= next) next = Math.floor(share * 10 + 1) / 10;
        return;
      }
      say(`simulated ${Math.floor(share * 100)} %`);
      next = Math.floor(share * 10 + 1) / 10;
    },
    stop() {},
  };
}
