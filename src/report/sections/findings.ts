// What an experienced eye would say, the gravest first, each with its evidence and what to do.

import { html } from "../markup.ts";
import type { Section } from "./section.ts";

const WORDS = { critical: "critical", warning: "warning", info: "note" } as const;

export const findings: Section = {
  id: "findings",
  title: "What to do",
  render({ result }) {
    if (result.findings.length === 0) return html`<p class="muted">Nothing stands out beyond the checks.</p>`;
    return html`<ol class="findings">${result.findings.map(
      ({ severity, title, evidence, remedy }) => html`
        <li>
          <h3><span class="tag ${severity}">${WORDS[severity]}</span> ${title}</h3>
          <p>${evidence}</p>
          <p class="remedy">${remedy}</p>
        </li>`,
    )}</ol>`;
  },
};
