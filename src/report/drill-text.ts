// What the terminal shows of a drill: when each phase began, how long it took and what bounds it, the figures it left, the
// checks, the verdict. The eye ends at the bottom.

import type { DrillResult, Result } from "../result.ts";
import { formatDurationNs } from "../units.ts";
import { drillFigure } from "./sections/drills.ts";
import { table } from "./table.ts";
import { renderText, type TextOptions } from "./text.ts";
import { describeCluster } from "./words.ts";

const seconds = (value: number) => formatDurationNs(value * 1e9);

export function renderDrillText(result: Result, options: TextOptions): string {
  if (options.style !== "full") return renderText(result, options);
  const strong = (text: string) => (options.color ? `\u001b[1m${text}\u001b[22m` : text);
  const head = `${strong(result.scenario.name)}: ${describeCluster(result)}\nseed ${result.seed}, ${seconds(result.simulatedSeconds)} simulated, cachecast ${result.version}\n`;
  const drills = result.drills.map((drill, i) => {
    const of = drill.target === "" ? "" : ` of ${drill.target}`;
    const title = strong(`${i + 1}. ${drill.drill}${of} at ${seconds(drill.startSeconds)}`);
    return `${title}\n${drill.refused ?? renderDrill(drill)}`;
  });
  const clients = table(
    ["client group", "requests", "failed", "availability", "timeouts", "connection errors", "retries"],
    clientRows(result),
  );
  return `${[head, ...drills, clients, renderText(result, { ...options, style: "verdict" })].join("\n")}`;
}

function renderDrill({ phases, startSeconds, endSeconds, figures }: DrillResult): string {
  const rows = phases.map(phase => [
    phase.name,
    `+${seconds(phase.startSeconds - startSeconds)}`,
    seconds(phase.lengthSeconds),
    phase.boundBy,
  ]);
  const over =
    endSeconds === null ? "not over at the end of the run" : `over after ${seconds(endSeconds - startSeconds)}`;
  const known = Object.entries(figures).map(([key, value]) => drillFigure(key, value));
  const width = Math.max(0, ...known.map(([name]) => name.length));
  return [
    rows.length === 0 ? "" : table(["phase", "from", "length", "bound by"], rows, [0, 3]),
    ...known.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`),
    `${over}\n`,
  ].join("");
}

/** What each group of clients suffered over the whole run. */
function clientRows(result: Result): string[][] {
  return result.clients.map(client => {
    const mine = result.workloads.filter(workload => workload.client === client.name);
    const requests = mine.reduce((sum, one) => sum + one.requests, 0);
    const failed = mine.reduce((sum, one) => sum + one.failed, 0);
    return [
      client.name,
      requests.toLocaleString("en-US"),
      failed.toLocaleString("en-US"),
      requests === 0 ? "-" : `${(100 * (1 - failed / requests)).toFixed(3)} %`,
      client.timeouts.toLocaleString("en-US"),
      client.connectionErrors.toLocaleString("en-US"),
      client.retries.toLocaleString("en-US"),
    ];
  });
}
