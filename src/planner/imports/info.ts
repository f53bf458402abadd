// From INFO ALL to what was seen of a cluster. Counters run since the server started (or since CONFIG RESETSTAT), so a file
// gives means over its uptime; two files of one server (the same run_id), taken one after the other, give means between them.
// One file per shard, of its primary; a file of a replica tells the reads that it answers and nothing else.

import { parse } from "node:path";
import { READONLY, WRITE } from "../../engine/command.ts";
import { COMMANDS } from "../../engine/commands/index.ts";
import { fileIssue, type Issue, type Position, ScenarioError } from "../../scenarios/issue.ts";
import { ENGINE_NAMES } from "../../scenarios/schema/names.ts";
import type { Observed } from "./observed.ts";

export interface InfoFile {
  readonly file: string;
  readonly text: string;
}

export interface InfoOptions {
  readonly shards: number | null;
  readonly replicas: number | null;
}

/** One server at one moment. */
interface Snapshot {
  readonly file: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly figures: ReadonlyMap<string, number>;
  /** Calls and microseconds by command. */
  readonly commands: ReadonlyMap<string, { readonly calls: number; readonly usec: number }>;
  readonly keys: number;
  readonly expires: number;
  /** Milliseconds left, mean over keys with a time to live. */
  readonly averageTtl: number;
}

/** Without these nothing can be made; a section of INFO that lacks names the remedy. */
const NEEDED: readonly (readonly [field: string, section: string])[] = [
  ["uptime_in_seconds", "server"],
  ["role", "replication"],
  ["used_memory", "memory"],
  ["keyspace_hits", "stats"],
  ["keyspace_misses", "stats"],
];

/** Fields that are read as numbers. */
const FIGURES = [
  "uptime_in_seconds",
  "used_memory",
  "maxmemory",
  "keyspace_hits",
  "keyspace_misses",
  "evicted_keys",
  "expired_keys",
  "connected_clients",
  "connected_slaves",
  "total_connections_received",
  "total_net_output_bytes",
  "used_cpu_sys",
  "used_cpu_user",
  "used_cpu_sys_main_thread",
  "used_cpu_user_main_thread",
];

export function observeInfo(files: readonly InfoFile[], options: InfoOptions): Observed {
  const issues: Issue[] = [];
  const snapshots = files.map(one => readSnapshot(one, issues));
  if (issues.length > 0) throw new ScenarioError(issues);
  const notes: string[] = [];
  const servers = spans(snapshots, notes);
  const primaries = servers.filter(one => one.last.fields.get("role") !== "slave");
  if (primaries.length === 0) {
    throw new ScenarioError([fileIssue(files[0].file, "is of a replica, as are all: at least one primary is needed")]);
  }
  return summed(servers, primaries, options, notes);
}

function readSnapshot({ file, text }: InfoFile, issues: Issue[]): Snapshot {
  const fields = new Map<string, string>();
  const figures = new Map<string, number>();
  const commands = new Map<string, { calls: number; usec: number }>();
  const sums = { keys: 0, expires: 0, weighted: 0 };
  const lines = text.replace(/^\ufeff/u, "").split(/\r?\n/u);
  const problem = (line: number, column: number, length: number, message: string) => {
    const position: Position = { file, line, column, text: lines[line - 1], length: Math.max(1, length) };
    issues.push({ position, origin: file, path: "", message });
  };
  const before = issues.length;
  lines.forEach((line, i) => {
    if (line.startsWith("#") || line.trim() === "") return;
    const colon = line.indexOf(":");
    if (colon <= 0) return;
    const [name, value] = [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    const bad = (message: string) => problem(i + 1, colon + 2, line.length - colon - 1, message);
    if (name.startsWith("cmdstat_")) {
      const parts = pairs(value);
      const [calls, usec] = [parts.get("calls"), parts.get("usec")];
      if (calls === undefined || usec === undefined) bad(`needs calls=… and usec=…, got «${value.slice(0, 60)}»`);
      else commands.set(name.slice(8).toLowerCase(), { calls, usec });
    } else if (/^db\d+$/u.test(name)) {
      const parts = pairs(value);
      const [keys, expires = 0, ttl = 0] = [parts.get("keys"), parts.get("expires"), parts.get("avg_ttl")];
      if (keys === undefined) bad(`needs keys=…, got «${value.slice(0, 60)}»`);
      sums.keys += keys ?? 0;
      sums.expires += expires;
      sums.weighted += expires * ttl;
    } else if (FIGURES.includes(name)) {
      const figure = Number(value);
      if (value === "" || !Number.isFinite(figure) || figure < 0)
        bad(`${name} is no number of at least zero: «${value.slice(0, 40)}»`);
      else figures.set(name, figure);
    }
    fields.set(name, value);
  });
  if (issues.length === before) checkWhole(file, fields, commands.size, issues);
  return {
    file,
    fields,
    figures,
    commands,
    keys: sums.keys,
    expires: sums.expires,
    averageTtl: sums.expires === 0 ? 0 : sums.weighted / sums.expires,
  };
}

function checkWhole(file: string, fields: ReadonlyMap<string, string>, commands: number, issues: Issue[]): void {
  if (!fields.has("redis_version") && !fields.has("valkey_version")) {
    issues.push(
      fileIssue(
        file,
        "is no output of INFO: it names neither redis_version nor valkey_version; save «valkey-cli INFO ALL»",
      ),
    );
    return;
  }
  for (const [field, section] of NEEDED) {
    if (!fields.has(field)) issues.push(fileIssue(file, `lacks ${field} of section ${section}: save «INFO ALL»`));
  }
  if (commands === 0) issues.push(fileIssue(file, "lacks section commandstats: save «INFO ALL», which has it"));
}

/** calls=3,usec=14 as numbers; what is none is left out. */
function pairs(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const part of text.split(",")) {
    const [name, value = ""] = part.split("=");
    const number = Number(value);
    if (value !== "" && Number.isFinite(number) && number >= 0) found.set(name.trim(), number);
  }
  return found;
}

/** What a server did between two moments, or since its start. */
interface Span {
  readonly last: Snapshot;
  readonly seconds: number;
  rise(figure: string): number | null;
  readonly commands: ReadonlyMap<string, { readonly calls: number; readonly usec: number }>;
}

function spans(snapshots: readonly Snapshot[], notes: string[]): Span[] {
  const byServer = new Map<string, Snapshot[]>();
  for (const one of snapshots) {
    const id = one.fields.get("run_id") ?? one.file;
    byServer.set(id, [...(byServer.get(id) ?? []), one]);
  }
  return [...byServer.values()].map((all): Span => {
    const sorted = [...all].sort((a, b) => uptime(a) - uptime(b));
    const last = sorted.at(-1)!;
    const first = sorted.length > 1 && uptime(last) > uptime(sorted[0]) ? sorted[0] : null;
    if (first === null)
      notes.push(
        `${last.file}: means since the server started, ${uptime(last)} s ago, or since CONFIG RESETSTAT; two files of one server give what lies between them`,
      );
    const commands = new Map(
      [...last.commands].map(([name, { calls, usec }]) => {
        const earlier = first?.commands.get(name) ?? { calls: 0, usec: 0 };
        return [name, { calls: Math.max(0, calls - earlier.calls), usec: Math.max(0, usec - earlier.usec) }] as const;
      }),
    );
    return {
      last,
      seconds: Math.max(1, uptime(last) - (first === null ? 0 : uptime(first))),
      rise(figure) {
        const now = last.figures.get(figure);
        return now === undefined ? null : Math.max(0, now - (first?.figures.get(figure) ?? 0));
      },
      commands,
    };
  });
}

function uptime({ figures }: Snapshot): number {
  return figures.get("uptime_in_seconds")!;
}

function summed(servers: readonly Span[], primaries: readonly Span[], options: InfoOptions, notes: string[]): Observed {
  const shards = options.shards ?? primaries.length;
  const { fields } = primaries[0].last;
  const clusterMode = fields.get("cluster_enabled") === "1";
  if (clusterMode && primaries.length === 1 && options.shards === null) {
    notes.push(
      "one primary of a cluster: taken as all of it; --shards N says how many there are, each taken to be like it",
    );
  }
  // Shards that were not given are taken to be like those that were.
  const scale = shards / primaries.length;
  const perSecond = (of: readonly Span[], figure: string) => {
    const rates = of.map(one => ({ rise: one.rise(figure), seconds: one.seconds }));
    if (rates.some(({ rise }) => rise === null)) return null;
    return scale * rates.reduce((sum, { rise, seconds }) => sum + rise! / seconds, 0);
  };
  const sum = (of: (one: Snapshot) => number) => scale * primaries.reduce((total, one) => total + of(one.last), 0);
  const figure = (one: Snapshot, name: string) => one.figures.get(name) ?? 0;
  const work = commandRates(servers, primaries, scale, notes);
  const expires = sum(one => one.expires);
  const limits = primaries.map(({ last }) => figure(last, "maxmemory"));
  const cpu = primaries.map(one => mainThread(one)).filter(one => one !== null);
  return {
    source: `INFO of ${servers.length} ${servers.length === 1 ? "server" : "servers"}`,
    placed: "cluster_enabled, connected_slaves and the number of primaries",
    seconds: Math.max(...primaries.map(one => one.seconds)),
    name: nameOf(primaries[0].last.file),
    clusterMode,
    shards,
    replicas: options.replicas ?? Math.max(...primaries.map(({ last }) => figure(last, "connected_slaves"))),
    course: null,
    ...work,
    hits: perSecond(servers, "keyspace_hits"),
    misses: perSecond(servers, "keyspace_misses"),
    items: sum(one => one.keys),
    volatileItems: expires,
    usedBytes: sum(one => figure(one, "used_memory")),
    maxmemory: limits[0] === 0 ? null : limits[0],
    evicted: perSecond(primaries, "evicted_keys"),
    expired: perSecond(primaries, "expired_keys"),
    connections: sum(one => figure(one, "connected_clients")) / shards,
    newConnections: perSecond(servers, "total_connections_received"),
    bytesOut: perSecond(servers, "total_net_output_bytes"),
    engineCpu: cpu.length === 0 ? null : Math.max(...cpu),
    hottestShard: null,
    timeLeftSeconds:
      expires === 0
        ? null
        : (scale * primaries.reduce((total, { last }) => total + last.averageTtl * last.expires, 0)) / expires / 1_000,
    policy: fields.get("maxmemory_policy") ?? null,
    engine: engineOf(fields, notes),
    notes,
  };
}

function mainThread(one: Span): number | null {
  const own = [one.rise("used_cpu_sys_main_thread"), one.rise("used_cpu_user_main_thread")];
  const all = own.includes(null) ? [one.rise("used_cpu_sys"), one.rise("used_cpu_user")] : own;
  return all.includes(null) ? null : (all[0]! + all[1]!) / one.seconds;
}

const ADMINISTRATIVE = new Set(["server", "connection", "transactions", "pubsub", "cluster"]);
const OF_STRINGS = new Set(["string", "bitmap", "generic"]);
const SLOW_USEC = 1_000;

function commandRates(
  servers: readonly Span[],
  primaries: readonly Span[],
  scale: number,
  notes: string[],
): Pick<Observed, "reads" | "writes" | "stringReads" | "stringWrites" | "others" | "replicaReads"> {
  let [reads, writes, stringReads, stringWrites, replicaReads] = [0, 0, 0, 0, 0];
  const others = new Map<string, number>();
  for (const server of servers) {
    const isPrimary = primaries.includes(server);
    for (const [name, { calls, usec }] of server.commands) {
      const command = COMMANDS.get(name.split("|")[0]);
      if (command === undefined || calls === 0 || ADMINISTRATIVE.has(command.spec.group)) continue;
      const rate = (scale * calls) / server.seconds;
      const isRead = (command.flags & READONLY) !== 0;
      if (usec / calls > SLOW_USEC)
        notes.push(
          `${name.toUpperCase()} takes ${Math.round(usec / calls)} us a call on the engine thread: others wait behind it`,
        );
      const ofStrings = OF_STRINGS.has(command.spec.group);
      if (isRead) {
        reads += rate;
        if (ofStrings) stringReads += rate;
        if (!isPrimary) replicaReads += rate;
      } else if (isPrimary && (command.flags & WRITE) !== 0) {
        writes += rate;
        if (ofStrings) stringWrites += rate;
      }
      if ((isRead || isPrimary) && !ofStrings) others.set(name, (others.get(name) ?? 0) + rate);
    }
  }
  return {
    reads,
    writes,
    stringReads,
    stringWrites,
    others: [...others].map(([name, rate]) => ({ name, rate })).sort((a, b) => b.rate - a.rate),
    replicaReads: reads === 0 ? 0 : replicaReads / reads,
  };
}

/** The profile of the version, or the nearest that there is. */
function engineOf(fields: ReadonlyMap<string, string>, notes: string[]): string {
  const valkey = fields.get("valkey_version");
  const version = Number.parseFloat(valkey ?? fields.get("redis_version") ?? "7.1");
  const product = valkey === undefined ? "redis" : "valkey";
  const known = ENGINE_NAMES.filter(name => name.startsWith(`${product}-`));
  const distance = (name: string) => Math.abs(Number.parseFloat(name.slice(product.length + 1)) - version);
  const best = known.reduce((nearest, name) => (distance(name) < distance(nearest) ? name : nearest));
  if (distance(best) > 0.001)
    notes.push(`${product} ${valkey ?? fields.get("redis_version")} is taken as ${best}, the nearest that there is`);
  return best;
}

function nameOf(file: string): string {
  const { name } = parse(file);
  return name === "" ? "cache" : name;
}
