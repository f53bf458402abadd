// cachecast plan: the cheapest cluster that holds what `slo:` asks for.

import type { Argv, CommandModule } from "yargs";
import type { Confirmation } from "../planner/plan/confirm.ts";
import type { BreakingPoint, Plan } from "../planner/plan/plan.ts";
import { CliError, EXIT } from "./exit.ts";
import { checkWritable, say, writeOutput } from "./output.ts";
import { scenarioOptions } from "./simulate.ts";

interface PlanArguments {
  scenario: string;
  set: string[] | undefined;
  overlay: string[] | undefined;
  worlds: number;
  confirm: number;
  json: string | undefined;
}

export const planVerb: CommandModule<object, PlanArguments> = {
  command: "plan <scenario>",
  describe: "The cheapest cluster that holds slo:, and why not the others",
  builder: yargs =>
    scenarioOptions(yargs)
      .positional("scenario", { type: "string", demandOption: true, describe: "Scenario file (YAML)" })
      .option("worlds", { type: "number", default: 64, describe: "Worlds drawn where demand: is uncertain" })
      .option("confirm", { type: "number", default: 3, describe: "How many of the best are simulated; 0: none" })
      .option("json", { type: "string", requiresArg: true, describe: "Write the plan as JSON (- for stdout)" })
      .example("$0 plan scenarios/plan.yaml", "what to buy") as unknown as Argv<PlanArguments>,
  handler: plan,
};

async function plan(args: PlanArguments): Promise<void> {
  if (!(args.worlds >= 1 && args.worlds <= 10_000))
    throw new CliError("--worlds needs a number from 1 to 10000", EXIT.usage);
  if (!(args.confirm >= 0 && args.confirm <= 20))
    throw new CliError("--confirm needs a number from 0 to 20", EXIT.usage);
  checkWritable(args.json);
  const { loadScenario } = await import("../scenarios/load.ts");
  const { cannotPlan, baseParts } = await import("../planner/plan/worlds.ts");
  const { breakingPoint, makePlan } = await import("../planner/plan/plan.ts");
  const { built } = await loadScenario({ file: args.scenario, overlays: args.overlay ?? [], settings: args.set ?? [] });
  const problem = cannotPlan(built);
  if (problem !== null) throw new CliError(problem, EXIT.invalid);
  const made = makePlan(built, args.worlds);
  const confirmations: Confirmation[] = [];
  if (args.confirm > 0 && made.candidates.length > 0) {
    const { confirm } = await import("../planner/plan/confirm.ts");
    const { provideLua } = await import("../lua/index.ts");
    provideLua();
    const rate = baseParts(built).reduce((sum, part) => sum + part.reads + part.writes, 0);
    for (const candidate of made.candidates.slice(0, args.confirm)) {
      confirmations.push(
        await confirm(candidate, {
          file: args.scenario,
          overlays: args.overlay ?? [],
          settings: args.set ?? [],
          slo: built.scenario.slo,
          workloads: built.scenario.workload.length,
          rate,
          // Another seed than the scenario's own: a plan must not hold by luck.
          seed: built.scenario.seed + 1,
        }),
      );
    }
  }
  const chosen = made.candidates.find((_, i) => confirmations[i]?.holds ?? args.confirm === 0);
  const breaks = chosen === undefined ? null : breakingPoint(built, chosen.shape);
  if (args.json !== undefined) {
    const document = {
      schemaVersion: 1,
      kind: "plan",
      scenario: built.scenario.name,
      recommendation: chosen?.name ?? null,
      breakingPoint: breaks,
      ...made,
      candidates: made.candidates.map(({ shape, ...rest }) => ({
        ...rest,
        node: shape.node.type,
        shards: shape.shards,
        replicas: shape.replicas,
        purchase: shape.purchase,
      })),
      confirmations,
    };
    writeOutput(args.json, `${JSON.stringify(document, null, 2)}\n`);
  }
  if (args.json !== "-") process.stdout.write(await textOf(made, confirmations, chosen?.name ?? null, breaks));
  if (chosen === undefined) {
    say(made.candidates.length === 0 ? "no cluster holds the objectives" : "no candidate held in its simulation");
    process.exitCode = EXIT.infeasible;
  }
}

async function textOf(
  made: Plan,
  confirmations: readonly Confirmation[],
  chosen: string | null,
  breaks: BreakingPoint | null,
): Promise<string> {
  const { formatBytes, formatDurationNs, formatNumber, formatPercent, formatUsd } = await import("../units.ts");
  const { table } = await import("../report/table.ts");
  const quantity = (unit: string, value: number) => {
    if (!Number.isFinite(value)) return "without bound";
    if (unit === "bytes") return formatBytes(value);
    if (unit === "ns") return formatDurationNs(value);
    return unit === "share" ? formatPercent(value) : formatNumber(value);
  };
  const parts: string[] = [];
  const best = made.candidates.find(one => one.name === chosen);
  if (best !== undefined) {
    const tight = best.middle.bottleneck;
    parts.push(
      `Buy ${best.name}: ${formatUsd(best.monthlyUsd)} a month for nodes; tightest: ${tight.name} at ${formatPercent(tight.ratio)} of its limit`,
    );
    if (made.standing !== null) parts.push(standingText(made.standing, best, formatUsd, formatPercent));
    const second = made.candidates.find(one => one.name !== chosen);
    if (second !== undefined) {
      const confirmed = confirmations.find(one => one.name === second.name);
      const why =
        confirmed !== undefined && !confirmed.holds
          ? `its simulation does not hold: ${confirmed.broken.join(", ")}`
          : second.holds < best.holds
            ? `it holds in ${formatPercent(second.holds)} of the worlds against ${formatPercent(best.holds)}`
            : `${formatUsd(Math.abs(second.monthlyUsd - best.monthlyUsd))} ${second.monthlyUsd >= best.monthlyUsd ? "dearer" : "cheaper"}, regret ${formatUsd(second.meanRegretUsd)} against ${formatUsd(best.meanRegretUsd)}`;
      parts.push(`Second: ${second.name}; ${why}`);
    }
    if (breaks !== null) {
      const months = breaks.months === null ? "" : `, in ${formatNumber(breaks.months)} months at the growth given`;
      parts.push(`Breaks first at ${formatNumber(breaks.multiple)} times the load: ${breaks.bottleneck}${months}`);
    }
  } else if (made.nearest !== null) {
    const { name, monthlyUsd, bottleneck } = made.nearest;
    parts.push(
      `Nothing holds. Nearest: ${name}, ${formatUsd(monthlyUsd)} a month, but ${bottleneck.name} needs ` +
        `${quantity(bottleneck.unit, bottleneck.needed)} where ${quantity(bottleneck.unit, bottleneck.available)} is the limit`,
    );
  } else parts.push("Nothing holds in its simulation");
  if (made.candidates.length > 0) {
    const rows = made.candidates.map((one, i) => {
      const simulated = confirmations[i];
      return [
        `${one.name === chosen ? "→ " : ""}${one.name}`,
        formatUsd(one.monthlyUsd),
        formatUsd(one.meanRegretUsd),
        formatPercent(one.holds),
        formatPercent(one.middle.hitRate),
        formatDurationNs(one.middle.p99Ns),
        one.middle.bottleneck.name,
        simulated === undefined ? "-" : simulated.holds ? "holds" : "fails",
        simulated === undefined || simulated.p99Ns === null ? "-" : formatDurationNs(simulated.p99Ns),
      ];
    });
    parts.push(
      "",
      table(
        ["shape", "$/month", "regret", "worlds", "hit rate", "p99", "tightest", "simulated", "its p99"],
        rows,
        [0, 6, 7],
      ),
    );
  }
  if (made.frontier.length > 1) {
    parts.push(
      "Cost against p99:",
      table(
        ["shape", "$/month", "p99", "hit rate"],
        made.frontier.map(one => [
          one.name,
          formatUsd(one.monthlyUsd),
          formatDurationNs(one.p99Ns),
          formatPercent(one.hitRate),
        ]),
      ),
    );
  }
  if (made.excuses.length > 0) {
    // By bottleneck: which node types, and the one that came nearest.
    const bottlenecks = [...new Set(made.excuses.map(one => one.bottleneck))];
    const rows = bottlenecks.map(bottleneck => {
      const same = made.excuses.filter(one => one.bottleneck === bottleneck);
      const { node, unit, needed, available } = same[0];
      const types = same.length === 1 ? node : `${node} and ${same.length - 1} more`;
      const shapes = same.reduce((sum, one) => sum + one.shapes, 0);
      return [bottleneck, String(shapes), types, quantity(unit, needed), quantity(unit, available)];
    });
    parts.push(
      "Why not the others:",
      table(["bottleneck", "shapes", "node types", "needed", "available"], rows, [0, 2]),
    );
  }
  parts.push(
    `${made.considered} shapes in ${made.worlds} ${made.worlds === 1 ? "world" : "worlds"}; regret: what a shape costs above the best of each world`,
  );
  return `${parts.join("\n")}\n`;
}

/** What stands, and what the recommendation saves against it. */
function standingText(
  { name, monthlyUsd, middle }: NonNullable<Plan["standing"]>,
  best: Plan["candidates"][number],
  usd: (value: number) => string,
  percent: (value: number) => string,
): string {
  const holds = middle.fits ? "which holds too" : `where ${middle.bottleneck.name} is beyond its limit`;
  const saved = monthlyUsd - best.monthlyUsd;
  if (best.name === name) return `It is what stands: ${usd(monthlyUsd)} a month`;
  const told =
    saved >= 0
      ? `saves ${usd(saved)} a month (${percent(saved / monthlyUsd)}), ${usd(12 * saved)} a year`
      : `costs ${usd(-saved)} a month more`;
  return `Against what stands, ${name} at ${usd(monthlyUsd)}, ${holds}: ${told}`;
}
