// The text of INFO: sections in the server's order. What nothing here can happen to (defragmentation, I/O threads) stands at zero.

import type { Engine } from "./engine.ts";
import * as activity from "./info/activity.ts";
import { bit, type Fields } from "./info/fields.ts";
import * as process from "./info/process.ts";
import { replicationFields } from "./replication/info.ts";

interface Section {
  readonly title: string;
  /** Its other name, by which it is asked for. */
  readonly alias?: string;
  /** Shown when nothing is asked for. */
  readonly usual: boolean;
  /** Shown by "all". */
  readonly inAll?: boolean;
  readonly fields: (engine: Engine) => Fields;
}

function keyspaceFields({ databases }: Engine): Fields {
  return databases.flatMap((database, index) =>
    database === undefined || database.size === 0
      ? []
      : [
          [
            `db${index}`,
            `keys=${database.size},expires=${database.expires.size},avg_ttl=${Math.round(database.averageTtlMs)}`,
          ] as const,
        ],
  );
}

const SECTIONS: readonly Section[] = [
  { title: "Server", usual: true, fields: process.serverFields },
  { title: "Clients", usual: true, fields: process.clientFields },
  { title: "Memory", usual: true, fields: process.memoryFields },
  { title: "Persistence", usual: true, fields: activity.persistenceFields },
  { title: "Stats", usual: true, fields: activity.statsFields },
  { title: "Replication", usual: true, fields: replicationFields },
  { title: "CPU", usual: true, fields: process.cpuFields },
  { title: "Modules", alias: "module_list", usual: true, fields: () => [] },
  { title: "Commandstats", usual: false, fields: activity.commandFields },
  { title: "Errorstats", usual: true, fields: activity.errorFields },
  { title: "Latencystats", usual: false, fields: activity.latencyFields },
  {
    title: "Cluster",
    usual: true,
    fields: ({ parameters }) => [["cluster_enabled", bit(parameters.flag("cluster-enabled"))]],
  },
  { title: "Keyspace", usual: true, fields: keyspaceFields },
  { title: "Debug", usual: false, inAll: false, fields: activity.debugFields },
];

/** The text for the sections asked for; none means the default ones, "all" and "everything" every one. */
export function infoText(engine: Engine, wanted: readonly string[]): string {
  const lower = new Set(wanted.map(name => name.toLowerCase()));
  const every = lower.has("all") || lower.has("everything");
  const standard = lower.size === 0 || lower.has("default");
  const chosen = SECTIONS.filter(({ title, alias, usual, inAll = true }) => {
    const named = lower.has(title.toLowerCase()) || (alias !== undefined && lower.has(alias));
    return named || (every && inAll) || (standard && usual);
  });
  const texts = chosen.map(({ title, fields }) => {
    const lines = fields(engine).map(([name, value]) => `${name}:${value}\r\n`);
    return `# ${title}\r\n${lines.join("")}`;
  });
  return texts.join("\r\n");
}
