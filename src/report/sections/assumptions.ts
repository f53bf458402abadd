// What the figures rest on: how they were measured, on which facts, with which models.

import type { Result } from "../../result.ts";
import { formatPercent } from "../../units.ts";
import { html, type Markup } from "../markup.ts";
import { saySeconds } from "../quantity.ts";
import { describeFidelity } from "../words.ts";
import type { Section } from "./section.ts";

function warmup({ window }: Result): string {
  const measured = `Figures cover ${saySeconds(window.fromSeconds)} to ${saySeconds(window.toSeconds)}`;
  switch (window.warmup.method) {
    case "given":
      return `${measured}; the warm-up before was given by the scenario.`;
    case "mser-5":
      return `${measured}; the end of the warm-up was found by MSER-5${window.warmup.settled ? "" : ", but the run had not settled"}.`;
    case "none":
      return `${measured}; the run is too short to tell a warm-up.`;
  }
}

function intervals({ intervals, replications }: Result): string {
  const known = Object.values(intervals).filter(one => one.halfWidth !== null);
  if (known.length === 0) return "There are no intervals: one short run does not tell how far figures scatter.";
  const [{ confidence, method }] = known;
  const how =
    method === "replications"
      ? `from ${replications} independent replications (Student's t); series, tables and events are those of the first`
      : "from batches of periods within the one run; independent replications (--replications 10) would be surer";
  return `Intervals are ${formatPercent(confidence)} confidence intervals of the mean, ${how}.`;
}

function rows(record: Readonly<Record<string, string>>): Markup[] {
  return Object.entries(record).map(
    ([what, version]) => html`<div><dt><bdi>${what}</bdi></dt><dd><bdi>${version}</bdi></dd></div>`,
  );
}

export const assumptions: Section = {
  id: "assumptions",
  title: "Assumptions and provenance",
  render({ result }) {
    const { provenance } = result;
    return html`
      <ul class="plain">
        <li>${warmup(result)}</li>
        <li>${intervals(result)}</li>
        <li>A percentile is given only where enough requests lie beyond it; elsewhere it says «too few samples».</li>
        ${
          result.fidelity !== undefined &&
          html`<li>Not everything was simulated: ${describeFidelity(result)}. Assumed: the load changes slowly against waits and against
          what is in the cache. Left out: queues that grow for long come out too short; errors are those of sampling alone.</li>`
        }
        <li>A row of the series is one period of ${saySeconds(result.series.periodSeconds)}: counts and percentiles are of the
          period, gauges such as memory, lag and connections are read at its end.</li>
        <li>This is a simulation: it answers for the models and facts below, not for hardware, neighbours or code that they leave out.</li>
      </ul>
      <div class="columns">
        <div><h3>Facts</h3><dl class="rows">${rows(provenance.catalogue)}</dl></div>
        <div><h3>Models and their versions</h3><dl class="rows">${rows(provenance.models)}</dl></div>
      </div>`;
  },
};
