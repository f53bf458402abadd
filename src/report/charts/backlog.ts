// Requests under way, and those among them that wait for a connection: a backlog grows here first.

import type { ChartDefinition, Line } from "./chart.ts";
import { tellRise } from "./finding.ts";
import { parts, sum, whole } from "./source.ts";

export const backlog: ChartDefinition = {
  title: "Requests in progress",
  plan(source) {
    const inProgress = whole(source, "InProgress");
    if (inProgress === null) return null;
    const waiting = sum(parts(source, "WaitingForConnection").map(part => part.values));
    const lines: Line[] = [{ label: "in progress, mean", values: inProgress }];
    if (waiting.length > 0) lines.push({ label: "waiting for a connection", values: waiting });
    return {
      type: "lines",
      id: "backlog",
      title: this.title,
      kind: "count",
      lines,
      limits: [],
      finding: tellRise(source, "The mean number in progress", "count", inProgress),
    };
  },
};
