// Commands by kind: how many, and their CPU time per call, which is what AWS calls their latency: delta(usec) /
// delta(calls) of commandstats, not a round trip (METRICS). GetTypeCmds and SetTypeCmds are all reading and all writing
// commands of data. A family counts the commands of Valkey's group; bitmap commands are counted with the strings whose
// bits they are (AWS names no family for them).

import { type Command, READONLY, WRITE } from "../../engine/command.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Node } from "../node.ts";
import { counted, type NodeMetric, type Total } from "./metric.ts";

type Choice = (command: Command) => boolean;

const ADMINISTRATIVE = new Set(["server", "connection"]);
const group = (...names: readonly string[]): Choice => {
  const wanted = new Set(names);
  return ({ spec }) => wanted.has(spec.group);
};
const ofData =
  (flag: number): Choice =>
  ({ spec, flags }) =>
    (flags & flag) !== 0 && !ADMINISTRATIVE.has(spec.group);

const FAMILIES: readonly (readonly [metric: string, what: string, choice: Choice])[] = [
  ["GetTypeCmds", "commands that read data", ofData(READONLY)],
  ["SetTypeCmds", "commands that write data", ofData(WRITE)],
  ["StringBasedCmds", "commands on strings and their bits", group("string", "bitmap")],
  ["HashBasedCmds", "commands on hashes", group("hash")],
  ["ListBasedCmds", "commands on lists", group("list")],
  ["SetBasedCmds", "commands on sets", group("set")],
  ["SortedSetBasedCmds", "commands on sorted sets", group("sorted-set")],
  ["StreamBasedCmds", "commands on streams", group("stream")],
  ["HyperLogLogBasedCmds", "commands on HyperLogLogs", group("hyperloglog")],
  ["GeoSpatialBasedCmds", "commands on geospatial indexes", group("geo")],
  ["KeyBasedCmds", "commands on keys of any type", group("generic")],
  ["EvalBasedCmds", "scripts and functions", group("scripting")],
  ["PubSubBasedCmds", "publish and subscribe commands", group("pubsub")],
  ["ClusterBasedCmds", "cluster commands", group("cluster")],
  ["NonKeyTypeCmds", "commands without keys", group("server", "connection", "transactions")],
];

/** Ids of the commands of a choice; every engine has the same table. */
function idsOf(engine: Engine, choice: Choice): number[] {
  const ids: number[] = [];
  for (const command of engine.commands.values()) {
    for (const one of command.children?.values() ?? [command]) if (choice(one)) ids.push(one.id);
  }
  return ids;
}

function summed(choice: Choice, counter: "calls" | "usec"): Total {
  let ids: readonly number[] | null = null;
  return ({ engine }: Node) => {
    ids ??= idsOf(engine, choice);
    const values = engine.counters[counter];
    let sum = 0;
    for (const id of ids) sum += values[id];
    return sum;
  };
}

function family(metric: string, what: string, choice: Choice): NodeMetric[] {
  const calls = summed(choice, "calls");
  const usec = summed(choice, "usec");
  return [
    counted(metric, "Count", what, calls),
    {
      name: `${metric}Latency`,
      unit: "Microseconds",
      meaning: `CPU time per call of ${what}`,
      totals: [calls, usec],
      read: ({ rise }) => (rise(calls) > 0 ? rise(usec) / rise(calls) : null),
    },
  ];
}

/** Reading the whole table of commands each period is cheap; keeping columns of zeros for each node is not. */
export const COMMAND_METRICS: readonly NodeMetric[] = [
  ...FAMILIES.flatMap(([metric, what, choice]) => family(metric, what, choice)).map(onlyIfUsed),
  counted("ErrorCount", "Count", "commands that failed", node => node.engine.stats.errorReplies),
];

/** A family that a node never met has no column: CloudWatch shows no such metric either. */
function onlyIfUsed(metric: NodeMetric): NodeMetric {
  const [calls] = metric.totals!;
  return { ...metric, read: period => (calls(period.node) === 0 ? undefined : metric.read(period)) };
}
