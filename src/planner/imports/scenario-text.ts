// The scenario as YAML, each line with the rule that filled it. The first word of a rule says how much it is worth: «seen» in
// the source, «fitted» to it in closed form, «given» on the command line, «assumed» where nothing tells.

import type { NodeType } from "../../catalog/nodes.ts";
import { VERSION } from "../../version.ts";
import { templatesOf } from "./command-templates.ts";
import { rateText, type Shape } from "./daily.ts";
import { type Fit, SIGMA } from "./fit.ts";
import type { Observed } from "./observed.ts";

export interface Standing {
  readonly file: string;
  readonly engine: string;
  readonly engineRule: string;
  readonly node: NodeType;
  readonly nodeRule: string;
  readonly policy: string;
  readonly policyRule: string;
  readonly purchase: string;
  readonly region: string;
  readonly popularity: string;
  readonly shape: Shape;
  /** Busiest seen over the mean, where a source has no course; null where it has one. */
  readonly peakToMean: number | null;
}

/** Simulated in the scenario's run: enough for percentiles, little enough for seconds of waiting. */
const REQUESTS = 1_500_000;
const POOL = 8;

export function scenarioText(seen: Observed, fit: Fit, of: Standing): string {
  const lines: string[] = [
    `# What cachecast ${VERSION} made of ${of.file}: ${seen.source}.`,
    "# Rules: «seen» in the source, «fitted» to it in closed form, «given» on the command line, «assumed» where nothing tells.",
    "# Next: cachecast plan THIS-FILE says what to buy instead; put your own objectives into slo: first.",
    `name: ${JSON.stringify(`${seen.name} as seen`)}`,
  ];
  const put = (indent: number, text: string, rule?: string) => {
    lines.push(`${"  ".repeat(indent)}${text}${rule === undefined ? "" : `    # ${rule}`}`);
  };
  const busiest = of.shape.busiest * (fit.rate / Math.max(1e-9, seen.reads + seen.writes));
  const seconds = Math.round(Math.min(120, Math.max(10, REQUESTS / Math.max(1, busiest))));
  put(0, `duration: ${seconds}s`, "a stretch at the busiest time of the day, which is t = 0; --duration 1d runs a day");
  put(0, `warmup: ${Math.max(2, Math.round(seconds / 5))}s`);
  put(0, `region: ${of.region}`);
  cluster(put, seen, of);
  clients(put, seen);
  put(
    0,
    'origin: { latency: "lognormal(p50=4ms, p99=40ms)", concurrency: 10000 }',
    "assumed: a cache knows nothing of its origin",
  );
  workloads(put, seen, fit, of);
  objectives(put, seen, fit, of);
  return `${lines.join("\n")}\n`;
}

type Put = (indent: number, text: string, rule?: string) => void;

function cluster(put: Put, seen: Observed, of: Standing): void {
  put(0, "cluster:");
  put(1, `name: ${clusterName(seen.name)}`);
  put(1, `engine: ${of.engine}`, of.engineRule);
  put(1, `node: ${of.node.type}`, of.nodeRule);
  if (!seen.clusterMode) put(1, "mode: single", `seen: ${seen.placed}`);
  put(1, `shards: ${seen.shards}`, `seen: ${seen.placed}`);
  put(1, `replicas: ${seen.replicas}`, `seen: ${seen.placed}`);
  put(1, `purchase: ${of.purchase}`, of.purchase === "on-demand" ? "assumed; --purchase" : "given");
  put(1, `parameters: { maxmemory-policy: ${of.policy} }`, of.policyRule);
}

function clients(put: Put, seen: Observed): void {
  const connections = Math.max(1, Math.round(seen.connections ?? 40));
  const instances = Math.max(1, Math.round(connections / POOL));
  const size = Math.max(1, Math.round(connections / instances));
  const rule =
    seen.connections === null
      ? "assumed: connections were not seen"
      : `seen: ${connections} connections a node (CurrConnections); split into pools of ${size}: assumed`;
  put(0, "clients:", rule);
  put(1, "- name: app");
  put(2, `instances: ${instances}`);
  put(2, `pool: { size: ${size} }`);
  if (seen.replicaReads > 0.02) {
    const equal = seen.replicas / (1 + seen.replicas);
    const everyone = Math.abs(seen.replicaReads - equal) < 0.1;
    put(
      2,
      `readFrom: ${everyone ? "any" : "replica"}`,
      `seen: replicas answer ${percent(seen.replicaReads)} of the reads`,
    );
  }
}

function workloads(put: Put, seen: Observed, fit: Fit, of: Standing): void {
  const factor = fit.rate / Math.max(1e-9, seen.reads + seen.writes);
  put(0, "workload:");
  put(1, "- name: keys");
  const options = [`ttl: ${fit.ttlSeconds.value === null ? "none" : durationText(fit.ttlSeconds.value)}`];
  if (fit.writeShare.value > 0) options.push(`onWrite: ${fit.onWrite}`);
  put(2, `pattern: { cache-aside: { ${options.join(", ")} } }`, fit.ttlSeconds.rule);
  if (fit.writeShare.value > 0) put(2, `writes: ${percent(fit.writeShare.value)}`, fit.writeShare.rule);
  put(2, `rate: "${rateText(of.shape, factor)}"`, rateRule(seen, of));
  put(2, "keys:");
  put(3, `count: ${fit.keys.value}`, fit.keys.rule);
  put(3, `popularity: ${of.popularity}`, of.popularity === DEFAULT_POPULARITY ? "assumed; --popularity" : "given");
  if (fit.absent.value > 0) put(3, `absent: ${percent(fit.absent.value)}`, fit.absent.rule);
  put(
    2,
    `values: "lognormal(mean=${Math.max(1, Math.round(fit.valueBytes.value))}B, sigma=${SIGMA})"`,
    `${fit.valueBytes.rule}; the spread is assumed`,
  );
  put(2, `preload: ${fit.preload.value}`, fit.preload.rule);
  for (const one of seen.others) otherWorkload(put, seen, one, of);
}

export const DEFAULT_POPULARITY = "zipf(0.99)";

function rateRule({ course }: Observed, { shape }: Standing): string {
  if (course === null) return "seen: mean since the server started";
  if (shape.waves.length > 0)
    return "seen: GetTypeCmds + SetTypeCmds less the stores after misses; shape of the day fitted with two waves";
  return "seen: GetTypeCmds + SetTypeCmds less the stores after misses; no shape of a day: less than a day of data";
}

function otherWorkload(put: Put, seen: Observed, { name, rate }: Observed["others"][number], of: Standing): void {
  const mix = templatesOf(name, seen.reads / Math.max(1e-9, seen.reads + seen.writes));
  if (mix === null) return;
  const share = rate / Math.max(1e-9, seen.reads + seen.writes);
  const isFamily = mix.length > 1;
  const commands = mix.filter(one => one.share > 0).map(one => `"${one.template}": ${percent(one.share)}`);
  put(1, `- name: ${name.replace("BasedCmds", "").toLowerCase()}`);
  put(
    2,
    `commands: { ${commands.join(", ")} }`,
    isFamily
      ? `assumed: which commands ${name} are is not told; reads and writes as over all`
      : `seen: ${name}; its arguments are assumed`,
  );
  put(
    2,
    `rate: "${rateText(of.shape, share)}"`,
    isFamily ? `seen: ${name}, with the shape of all commands` : "seen: its calls",
  );
  put(2, "keys: { count: 1000 }", "assumed: memory stands with the keys above, since nothing splits it");
}

/** Names of `others` that no template stands for: reported, not dropped in silence. */
export function unmodelled(seen: Observed): string[] {
  return seen.others.filter(one => templatesOf(one.name, 0.5) === null).map(one => one.name);
}

function objectives(put: Put, seen: Observed, fit: Fit, { shape, peakToMean }: Standing): void {
  put(0, "slo:", "what a plan must hold: yours to state; here what the cluster does today");
  put(1, "# p99: 5ms", "no metric knows what clients wait: say what they may");
  const hits = Math.floor((fit.hitRate.value - 0.01) * 1_000) / 1_000;
  if (hits > 0)
    put(1, `hitRate: ${percent(hits)}`, `${fit.hitRate.rule} was ${percent(fit.hitRate.value)}; a point less is taken`);
  put(1, "memory: 80%", "assumed: AWS's starter alarm");
  put(1, "cpu: 60%", "assumed: leaves room for a burst and a failover");
  if (seen.replicas > 0) put(1, "zoneLoss: true", "seen: there are replicas");
  put(0, "demand:");
  if (peakToMean !== null) {
    put(1, `rate: 1..1..${fixed(peakToMean)}`, "assumed: a mean tells no peak; --peak-to-mean");
  } else {
    const range = shape.high / shape.low < 1.03 ? "1" : `${fixed(shape.low)}..1..${fixed(shape.high)}`;
    put(1, `rate: ${range}`, "seen: 5th and 99th percentile of the periods over the curve");
  }
  if (shape.waves.length > 0) put(1, "over: 1d", "sizes by the day's busiest time, pays by use for the day's mean");
  put(0, "plan:");
  put(1, `shards: [${shardChoices(seen).join(", ")}]`, "around what stands");
  put(1, "replicas: [0, 1, 2]");
  put(1, "purchase: [on-demand, reserved-1y-no-upfront, reserved-1y-all-upfront]");
}

function shardChoices({ shards, clusterMode }: Observed): number[] {
  if (!clusterMode) return [1];
  const around = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96].filter(one => one <= Math.max(4, 2 * shards));
  return [...new Set([...around, shards])].sort((a, b) => a - b);
}

/** A cluster's name in the scenario's own alphabet. */
function clusterName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9-]/gu, "-")
    .slice(0, 40);
  return /^[a-z]/u.test(plain) ? plain : "cache";
}

function durationText(seconds: number): string {
  return seconds >= 100 ? `${Math.round(seconds)}s` : `${Math.max(1, Math.round(seconds * 1_000))}ms`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(4))}%`;
}

function fixed(value: number): string {
  return String(Math.max(0.01, Number(value.toFixed(2))));
}
