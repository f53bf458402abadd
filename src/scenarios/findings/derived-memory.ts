// Engine versions whose memory figures nobody measured.

import type { Rule } from "./rule.ts";

export const derivedMemory: Rule = {
  id: "derived-memory",
  find: (_result, { scenario }) =>
    ["valkey-8.1", "valkey-9.0"].includes(scenario.cluster.engine)
      ? {
          severity: "info",
          title: "Memory figures of this engine version are derived, not measured",
          evidence: `${scenario.cluster.engine} is modelled from its source and from published figures.`,
          remedy: "Check BytesUsedForCache against a cluster of yours.",
        }
      : null,
};
