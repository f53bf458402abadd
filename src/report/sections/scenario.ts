// The scenario as it was run, with overlays and settings applied.

import { stringify } from "yaml";
import { html } from "../markup.ts";
import type { Section } from "./section.ts";

export const scenario: Section = {
  id: "scenario",
  title: "Scenario",
  render({ result: { scenario } }) {
    const text = stringify(scenario.resolved, { lineWidth: 0, version: "1.2" });
    return html`
      <p class="note">As it was run, overlays and settings applied.
        <button type="button" class="needs-js" data-copy="scenario-text">Copy</button></p>
      <pre id="scenario-text" tabindex="0" role="group" aria-label="Scenario as YAML">${text}</pre>`;
  },
};
