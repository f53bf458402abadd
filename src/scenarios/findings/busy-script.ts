// A script that ran for longer than lua-time-limit, or one that could not be killed.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

export const busyScript: Rule = {
  id: "busy-script",
  find: ({ drills, events }) => {
    const script = drills.find(({ drill, refused }) => drill === "runaway-script" && refused === null);
    if (script === undefined) return null;
    const busy = script.phases.find(({ name }) => name === "BUSY");
    const unkillable = events.some(({ what }) => what.includes("UNKILLABLE"));
    const seconds = script.figures.scriptSeconds ?? 0;
    return {
      severity: "critical",
      title: "A script holds a node",
      evidence: `A script ran on ${script.target} for ${formatNumber(seconds)} s${busy === undefined ? "" : `, ${formatNumber(busy.lengthSeconds)} s of them with BUSY for whoever asked`}.${unkillable ? " It had written, so SCRIPT KILL was refused." : ""}`,
      remedy:
        "Bound loops of scripts, write last, and have SCRIPT KILL in the runbook: lua-time-limit kills nothing by itself.",
    };
  },
};
