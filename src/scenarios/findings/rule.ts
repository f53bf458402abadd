// What a finding is made by: a rule over the result, with its evidence and what to do.

import type { Finding, Result } from "../../result.ts";
import type { Built } from "../build.ts";

export interface Rule {
  readonly id: string;
  /** The finding, or null where there is nothing to say. */
  find(result: Result, built: Built): Omit<Finding, "id"> | null;
}
