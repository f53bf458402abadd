// The script in the page. The page is complete without it; with it, plots are drawn and things can be pointed at, filtered,
// copied and downloaded.

import type { PageData } from "../charts/spec.ts";
import { readData } from "./data.ts";
import { watchDownloads } from "./downloads.ts";
import { watchCopy, watchFilter, watchPrint } from "./page.ts";
import { Chart, configure } from "./plot.ts";
import { watchPointer } from "./pointer.ts";
import { readPalette, watchTheme } from "./theme.ts";

/** Gutter and edge as the style sheet has them: the lanes above the plots use the same. */
function edges() {
  const main = document.querySelector("main");
  const style = main === null ? null : getComputedStyle(main);
  const pixels = (name: string) => Number.parseFloat(style?.getPropertyValue(name) ?? "") || 0;
  return { gutter: pixels("--gutter"), edge: pixels("--edge") };
}

function drawAll(data: PageData, drawn: Chart[]): void {
  for (const chart of drawn.splice(0)) chart.destroy();
  const palette = readPalette();
  const places = edges();
  for (const spec of data.charts) {
    const canvas = document.querySelector<HTMLCanvasElement>(`[data-chart="${spec.id}"] canvas`);
    if (canvas === null) continue;
    drawn.push(new Chart(canvas, configure(spec, data.frames[spec.frame], palette, places)));
  }
}

async function start(): Promise<void> {
  const root = document.documentElement;
  root.classList.add("js");
  const data = await readData();
  const drawn: Chart[] = [];
  const redraw = () => drawAll(data, drawn);
  redraw();
  watchTheme(redraw);
  matchMedia("(max-width: 640px)").addEventListener("change", redraw);
  watchPointer(data);
  watchDownloads(data);
  watchFilter();
  watchCopy();
  watchPrint(redraw);
  root.dataset.ready = "true";
}

void start();
