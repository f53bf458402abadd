// Parameters that were given and are not modelled.

import type { Rule } from "./rule.ts";

export const parametersWithoutEffect: Rule = {
  id: "parameters-without-effect",
  find: (_result, { setup }) =>
    setup.withoutEffect.length === 0
      ? null
      : {
          severity: "info",
          title: "Parameters that this version does not model",
          evidence: `${setup.withoutEffect.join(", ")} changed nothing.`,
          remedy: "The result stands for their defaults.",
        },
};
