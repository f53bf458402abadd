// One pointer for all plots on the same axis: where it stands, every plot has a line and every legend its values.

import type { ChartSpec, PageData } from "../charts/spec.ts";
import { timeLabel } from "../charts/ticks.ts";
import { say } from "../quantity.ts";
import { rowAt, valuesAt } from "./data.ts";

interface Legend {
  readonly spec: ChartSpec;
  readonly list: HTMLElement | null;
  readonly cells: readonly HTMLElement[];
  /** What the cells say while no pointer stands anywhere. */
  readonly peaks: readonly string[];
}

interface Group {
  readonly from: number;
  readonly to: number;
  readonly origin: number;
  readonly cursors: readonly HTMLElement[];
  readonly legends: readonly Legend[];
}

function legendOf(spec: ChartSpec): Legend {
  const figure = document.getElementById(`chart-${spec.id}`);
  const cells = [...(figure?.querySelectorAll<HTMLElement>("[data-line]") ?? [])];
  return {
    spec,
    list: figure?.querySelector<HTMLElement>(".legend") ?? null,
    cells,
    peaks: cells.map(cell => cell.textContent ?? ""),
  };
}

function textAt({ spec }: Legend, line: number, data: PageData, instant: number): string {
  const frame = data.frames[spec.frame];
  const row = rowAt(frame.axis, instant);
  if (row < 0) return "–";
  const [low, high] = valuesAt(frame, spec.lines[line].column, row);
  if (low === null || high === null) return "–";
  const from = say(spec.kind, low);
  return low === high ? from : `${from} – ${say(spec.kind, high)}`;
}

function show(group: Group, data: PageData, instant: number | null): void {
  const { from, to, origin, cursors, legends } = group;
  const inside = instant !== null && instant >= from && instant <= to;
  for (const cursor of cursors) {
    cursor.hidden = !inside;
    if (!inside) continue;
    const share = (instant - from) / (to - from);
    cursor.style.left = `${100 * share}%`;
    cursor.classList.toggle("left", share > 0.5);
    const time = cursor.querySelector("b");
    if (time !== null) time.textContent = timeLabel(instant - origin, origin !== 0);
  }
  for (const legend of legends) {
    legend.list?.classList.toggle("live", inside);
    legend.cells.forEach((cell, line) => {
      cell.textContent = inside ? textAt(legend, line, data, instant) : legend.peaks[line];
    });
  }
}

/** Groups of plots by axis; a stretch of the run is in several of them. */
function groupsOf(data: PageData): { group: Group; root: HTMLElement }[] {
  return [...document.querySelectorAll<HTMLElement>(".shared")].flatMap(root => {
    const ids = [...root.querySelectorAll<HTMLElement>("[data-chart]")].map(plot => plot.dataset.chart);
    const specs = data.charts.filter(spec => ids.includes(spec.id));
    if (specs.length === 0) return [];
    const [{ from, to, origin }] = specs;
    const cursors = [...root.querySelectorAll<HTMLElement>(".cursor")];
    return [{ root, group: { from, to, origin, cursors, legends: specs.map(legendOf) } }];
  });
}

export function watchPointer(data: PageData): void {
  const groups = groupsOf(data);
  let wanted: number | null = null;
  let asked = false;
  const point = (instant: number | null) => {
    wanted = instant;
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      for (const { group } of groups) show(group, data, wanted);
    });
  };
  for (const { root, group } of groups) {
    root.addEventListener("pointermove", event => {
      const plot = (event.target as Element).closest(".plot, .heat, .lane");
      const area = plot?.querySelector(".area")?.getBoundingClientRect();
      if (area === undefined || event.clientX < area.left || event.clientX > area.right) return point(null);
      point(group.from + ((event.clientX - area.left) / area.width) * (group.to - group.from));
    });
    root.addEventListener("pointerleave", () => point(null));
  }
  for (const row of document.querySelectorAll<HTMLElement>("tr[data-t]")) {
    row.addEventListener("pointerenter", () => point(Number(row.dataset.t)));
    row.addEventListener("pointerleave", () => point(null));
  }
}
