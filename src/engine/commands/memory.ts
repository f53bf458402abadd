// MEMORY: what memory is used for.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type CommandSpec, READONLY } from "../command.ts";
import { type Context, keyAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { type MemoryOverview, memoryOverview } from "../info/memory-overview.ts";
import { type Collection, STRING } from "../keyspace.ts";
import { INT } from "../memory/layout.ts";
import { Double, MapReply, OK, type Reply, Verbatim } from "../reply.ts";
import { type StringValue, stringCapacity, stringForm } from "../values/string.ts";

function memoryUsage(ctx: Context, argv: readonly Bytes[]): Reply {
  let sampled = 5;
  for (let i = 3; i < argv.length; i += 2) {
    if (wordAt(argv, i) !== "SAMPLES" || i + 1 >= argv.length) return SYNTAX;
    const samples = integerAt(argv, i + 1);
    if (isError(samples)) return samples;
    if (samples < 0) return SYNTAX;
    sampled = samples;
  }
  const key = keyAt(argv, 2);
  const { db, engine } = ctx;
  // It sees a key that has expired and is still there.
  const entry = db.find(key);
  if (entry === NONE) return null;
  if (db.typeOf(entry) === STRING) {
    const value = db.valueOf(entry) as StringValue;
    const form = stringForm(value, engine.settings.shareIntegers);
    return engine.layout.memoryUsage(key.length, form, stringCapacity(value));
  }
  const value = db.valueOf(entry) as Collection;
  // An integer's object header is as large as a collection's.
  return engine.layout.memoryUsage(key.length, INT, 0) + (value.sampledBytes?.(sampled) ?? value.bytes);
}

function stats({ engine }: Context): Reply {
  const memory = memoryOverview(engine);
  const { used, allocated, active, resident, processResident } = memory;
  const scripts = engine.scriptUsage();
  const ratio = (part: number, whole: number) => new Double(whole === 0 ? 0 : part / whole);
  return new MapReply([
    "peak.allocated",
    memory.peak,
    "total.allocated",
    used,
    "startup.allocated",
    memory.startup,
    "replication.backlog",
    memory.backlog,
    "clients.slaves",
    memory.replicaClients,
    "clients.normal",
    memory.clients,
    "cluster.links",
    0,
    "aof.buffer",
    memory.aofBuffer,
    "lua.caches",
    scripts.cachedBytes,
    "functions.caches",
    memory.functions + scripts.functionBytes,
    ...memory.databases.flatMap(({ index, main, expires }) => [
      `db.${index}`,
      new MapReply(["overhead.hashtable.main", main, "overhead.hashtable.expires", expires]),
    ]),
    "overhead.db.hashtable.lut",
    memory.tables,
    "overhead.db.hashtable.rehashing",
    memory.rehashing,
    "overhead.total",
    memory.overhead,
    "db.dict.rehashing.count",
    memory.rehashingCount,
    "keys.count",
    memory.keys,
    "keys.bytes-per-key",
    memory.keys === 0 ? 0 : Math.floor(memory.dataset / memory.keys),
    "dataset.bytes",
    memory.dataset,
    "dataset.percentage",
    new Double(memory.datasetPercent),
    "peak.percentage",
    new Double((used * 100) / memory.peak),
    "allocator.allocated",
    allocated,
    "allocator.active",
    active,
    "allocator.resident",
    resident,
    "allocator.muzzy",
    0,
    "allocator-fragmentation.ratio",
    ratio(active, allocated),
    "allocator-fragmentation.bytes",
    active - allocated,
    "allocator-rss.ratio",
    ratio(resident, active),
    "allocator-rss.bytes",
    resident - active,
    "rss-overhead.ratio",
    ratio(processResident, resident),
    "rss-overhead.bytes",
    processResident - resident,
    "fragmentation",
    ratio(processResident, used),
    "fragmentation.bytes",
    processResident - used,
  ]);
}

const MEGABYTE = 1_048_576;
const TOO_SMALL = 5 * MEGABYTE;
const CLIENT_LIMIT = 200 * 1_024;

/** Findings in our own words; thresholds are the server's. */
function findings(memory: MemoryOverview, clients: number, cachedScripts: number): string[] {
  const { used, peak, allocated, active, resident, processResident } = memory;
  const beyond = (part: number, whole: number, share: number) => part / whole > share && part - whole > 10 * MEGABYTE;
  const checks: [boolean, string][] = [
    [peak / used > 1.5, "Peak memory: more than half as much again was in use before."],
    [beyond(processResident, used, 1.4), "Resident memory: the process holds far more than its allocations sum up to."],
    [beyond(active, allocated, 1.1), "Fragmentation: the allocator's pages are partly unused."],
    [beyond(resident, active, 1.1), "Allocator: it keeps pages that it does not use."],
    [beyond(processResident, resident, 1.1), "Process: it holds much beside the allocator's memory."],
    [memory.clients / Math.max(1, clients) > CLIENT_LIMIT, "Clients: their buffers take more than 200 KB each."],
    [memory.replicaClients > 10 * MEGABYTE, "Replicas: their buffers take more than 10 MB."],
    [cachedScripts > 1_000, "Scripts: more than a thousand are cached; a generated text should be an argument."],
  ];
  return checks.filter(([applies]) => applies).map(([, text]) => ` * ${text}\n`);
}

function doctor({ engine }: Context): Reply {
  const memory = memoryOverview(engine);
  if (memory.used < TOO_SMALL) {
    return new Verbatim("There is too little in memory to tell anything about it: come back when there is more.\n");
  }
  const clients = [...engine.sessions.values()].filter(({ isReplica }) => !isReplica).length;
  const found = findings(memory, clients, engine.scriptUsage().cached);
  if (found.length === 0) return new Verbatim("Nothing about the use of memory looks wrong.\n");
  return new Verbatim(`Something about the use of memory looks wrong:\n\n${found.join("\n")}`);
}

function allocatorStatistics({ engine }: Context): Reply {
  const { allocated, active, resident } = memoryOverview(engine);
  return new Verbatim(
    [
      "jemalloc as cachecast models it: size classes are exact, pages are those of a fresh server.",
      `Allocated: ${allocated}, active: ${active}, resident: ${resident}`,
      "",
    ].join("\n"),
  );
}

const shape = { group: "server", since: "4.0.0", cost: "get" } as const;

const SUBCOMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "usage",
    arity: -3,
    flags: READONLY,
    keys: { first: 2, last: 2, step: 1 },
    complexity: "O(N) in samples",
    summary: "Bytes of a key and its value.",
    run: memoryUsage,
  },
  { ...shape, name: "stats", arity: 2, flags: 0, complexity: "O(1)", summary: "Memory by what it is for.", run: stats },
  {
    ...shape,
    name: "doctor",
    arity: 2,
    flags: 0,
    complexity: "O(1)",
    summary: "Whether the use of memory looks healthy.",
    run: doctor,
  },
  {
    ...shape,
    name: "malloc-stats",
    arity: 2,
    flags: 0,
    complexity: "O(1)",
    summary: "The allocator's own figures.",
    run: allocatorStatistics,
  },
  {
    ...shape,
    name: "purge",
    arity: 2,
    flags: 0,
    complexity: "O(1)",
    summary: "Asks the allocator to give pages back.",
    // No page is held back here that could be given.
    run: () => OK,
  },
];

export const MEMORY_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "memory",
    arity: -2,
    flags: 0,
    complexity: "depends on the subcommand",
    summary: "What memory is used for.",
    subcommands: SUBCOMMANDS,
    run: () => SYNTAX,
  },
];
