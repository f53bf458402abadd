// What was expected and what came out, the failed ones first.

import type { Check } from "../../result.ts";
import { html } from "../markup.ts";
import { describeLimit, describeMargin, describeMeasured } from "../words.ts";
import { type Column, dataTable } from "./data-table.ts";
import type { Section } from "./section.ts";

const ORDER: Readonly<Record<Check["status"], number>> = { fail: 0, "no-data": 1, pass: 2 };

const RESULTS = {
  pass: html`<span class="pass keep">✓ pass</span>`,
  fail: html`<b class="fail keep">✗ fail</b>`,
  "no-data": html`<b class="fail keep">✗ no data</b>`,
} as const;

const COLUMNS: readonly Column<Check>[] = [
  { head: "result", words: true, cell: check => RESULTS[check.status] },
  { head: "check", words: true, cell: check => html`<bdi>${check.text}</bdi>` },
  { head: "measured", cell: describeMeasured },
  { head: "limit", cell: describeLimit },
  { head: "margin", cell: check => (check.margin === null ? "" : describeMargin(check.margin)) },
  { head: "looks at", words: true, cell: check => html`<span class="muted">${check.window}</span>` },
];

export const checks: Section = {
  id: "checks",
  title: "Checks",
  render({ result }) {
    if (result.checks.length === 0) {
      return html`<p class="muted">The scenario expects nothing: add «expect:» to have a verdict, such as <code>p99 &lt; 2ms outside drills</code>.</p>`;
    }
    const sorted = [...result.checks].sort((a, b) => ORDER[a.status] - ORDER[b.status]);
    return dataTable("Checks", COLUMNS, sorted);
  },
};
