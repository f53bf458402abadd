// The top of the page: what was run, whether it holds, and the one sentence for those who read no further.

import type { Result } from "../../result.ts";
import { html, join, type Markup, name } from "../markup.ts";
import { saySeconds } from "../quantity.ts";
import { describeCluster, describeErrors, describeFidelity, verdictSentence } from "../words.ts";

function badge(result: Result): Markup {
  if (result.partial) return html`<span class="badge warn">partial</span>`;
  if (result.checks.length === 0) return html`<span class="badge none">not checked</span>`;
  return result.verdict === "pass"
    ? html`<span class="badge pass">✓ pass</span>`
    : html`<span class="badge fail">✗ fail</span>`;
}

function facts({ seed, replications, fidelity, simulatedSeconds, window, cost, version }: Result): Markup {
  return join(
    [
      `seed ${seed}`,
      `${replications} ${replications === 1 ? "replication" : "replications"}`,
      `${saySeconds(simulatedSeconds)} ${fidelity === undefined ? "simulated" : "stood for"}`,
      `measured from ${saySeconds(window.fromSeconds)} to ${saySeconds(window.toSeconds)}`,
      html`prices ${name(cost.book)} of ${cost.asOf}`,
      `cachecast ${version}`,
    ],
    " · ",
  );
}

const LOAD = {
  stable: null,
  backlogged: "Requests piled up at the end of the run: latencies after it would be higher than those shown.",
  overloaded: "More came in than could go out: percentiles describe the length of this run, not the system.",
} as const;

export function renderHeader(result: Result): Markup {
  const { scenario, partial, simulatedSeconds, saturation } = result;
  const load = LOAD[saturation];
  const fidelity = describeFidelity(result);
  return html`
    <header>
      <div class="title">
        <h1>${name(scenario.name)}</h1>
        ${badge(result)}
        <button type="button" class="needs-js" id="theme">Dark theme</button>
      </div>
      <p class="cluster">${describeCluster(result)}</p>
      ${scenario.description !== "" && html`<p>${scenario.description}</p>`}
      <p class="muted facts">${facts(result)}</p>
      ${fidelity !== null && html`<p class="banner">${fidelity}. ${describeErrors(result)}.</p>`}
      ${partial && html`<p class="banner">The run was interrupted: everything here covers the first ${saySeconds(simulatedSeconds)} only.</p>`}
      ${load !== null && html`<p class="banner">${load}</p>`}
      <p class="verdict ${partial ? "warn" : result.checks.length === 0 ? "none" : result.verdict}">${verdictSentence(result)}</p>
    </header>`;
}
