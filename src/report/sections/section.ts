// What a section of the report is: a title and its content, or null where the result has nothing for it. Each stands in a
// file of its own and in the table (index.ts), in the order of the page.

import type { Result } from "../../result.ts";
import type { Packed, Plan } from "../charts/pack.ts";
import type { Markup } from "../markup.ts";

/** What the sections read: the result, and the charts planned from it. */
export interface Page {
  readonly result: Result;
  readonly plan: Plan;
  /** Line charts and heat maps over the whole run, in their order. */
  readonly charts: readonly (Plan["charts"][number] | Plan["heats"][number])[];
  /** Titles of charts that there is nothing for. */
  readonly absent: readonly string[];
  readonly packed: Packed;
}

export interface Section {
  /** Anchor of the section. */
  readonly id: string;
  readonly title: string;
  render(page: Page): Markup | null;
}
