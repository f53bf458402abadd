// The report: one file that asks for nothing from outside, says everything without JavaScript, and is a function of the
// result alone. The script inside only draws, downloads and filters what is in the page already.

import clientScript from "virtual:report-client";
import type { Result } from "../result.ts";
import type { HeatChart, LineChart } from "./charts/chart.ts";
import { ENLARGED_MAX, planDrill } from "./charts/drill-window.ts";
import { planCharts } from "./charts/index.ts";
import { pack } from "./charts/pack.ts";
import { planPercentiles } from "./charts/percentile.ts";
import { readSource } from "./charts/source.ts";
import { renderDocument } from "./document.ts";
import { html, trusted } from "./markup.ts";
import { renderHeader } from "./sections/header.ts";
import { SECTIONS } from "./sections/index.ts";
import type { Page } from "./sections/section.ts";

/** Everything that the sections need, planned once. */
export function planPage(result: Result): Page {
  const source = readSource(result);
  const { charts, absent } = planCharts(source);
  const enlarged = result.drills.map((drill, index) =>
    drill.refused === null && index < ENLARGED_MAX ? planDrill(drill, index, source) : null,
  );
  const plan = {
    source,
    charts: charts.filter((chart): chart is LineChart => chart.type === "lines"),
    heats: charts.filter((chart): chart is HeatChart => chart.type === "heat"),
    drills: enlarged,
    percentiles: planPercentiles(result),
  };
  return { result, plan, charts, absent, packed: pack(plan, result) };
}

export function renderHtml(result: Result): string {
  const page = planPage(result);
  const sections = SECTIONS.flatMap(section => {
    const content = section.render(page);
    return content === null ? [] : [{ ...section, content }];
  });
  const { result: shown, packed } = page;
  return renderDocument(
    shown.scenario.name,
    shown.version,
    renderHeader(shown),
    sections,
    html`
<script type="application/octet-stream" id="data">${trusted(packed.base64)}</script>
<script>${trusted(clientScript)}</script>`,
  );
}
