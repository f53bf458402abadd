// The run over time: all plots share one axis, one pointer, and the lane of drills and events above them.

import { renderTimeLane } from "../charts/lane.ts";
import { html } from "../markup.ts";
import { heatFigure, lineFigure } from "./figure.ts";
import type { Section } from "./section.ts";

export const overTime: Section = {
  id: "time",
  title: "Over time",
  render(page) {
    const { charts, absent, result, plan } = page;
    if (plan.source.time.length === 0)
      return html`<p class="muted">The run was shorter than one period: there is nothing to draw.</p>`;
    return html`
      <p class="script-missing note">The plots need JavaScript; the tables below them do not.</p>
      <div class="shared" data-axis="run">
        ${renderTimeLane(result)}
        ${charts.map(chart =>
          chart.type === "heat"
            ? heatFigure(chart, page)
            : lineFigure(chart, { time: plan.source.time, origin: 0, page }),
        )}
      </div>
      ${absent.length > 0 && html`<p class="note">Nothing to show for: ${absent.join("; ").toLowerCase()}.</p>`}`;
  },
};
