// Every command as documentation and the command line show it: what it is, what it costs, how it differs.

import type { Command } from "../engine/command.ts";
import { COMMANDS } from "../engine/commands/index.ts";
import { SYNTAX } from "../engine/commands/syntax.ts";
import { ABSENT, DEVIATIONS, EVERYWHERE, SUITE_FAILURES } from "../engine/deviations.ts";
import { parseSyntax, synopsis } from "../engine/introspection/syntax.ts";
import { TEXT_COMMANDS } from "../engine/memcached/text/index.ts";
import { COMMAND_COSTS, COMMAND_COSTS_VALKEY_8, type CommandCost } from "./costs.ts";

export interface CommandRow {
  /** As clients write it: "CONFIG GET". */
  readonly name: string;
  /** What follows the name, as manuals write it. */
  readonly syntax: string;
  readonly group: string;
  readonly since: string;
  readonly complexity: string;
  readonly summary: string;
  readonly cost: CommandCost;
  readonly deviation: string;
}

function rowOf(command: Command): CommandRow {
  const { spec, fullName } = command;
  const container = fullName.split("|")[0];
  return {
    name: fullName.replace("|", " ").toUpperCase(),
    syntax: fullName in SYNTAX ? synopsis(parseSyntax(SYNTAX[fullName])) : "",
    group: spec.group,
    since: spec.since,
    complexity: spec.complexity,
    summary: spec.summary,
    cost: COMMAND_COSTS_VALKEY_8[command.cost] ?? COMMAND_COSTS[command.cost],
    deviation: DEVIATIONS[fullName] ?? DEVIATIONS[container] ?? "",
  };
}

/** All commands and subcommands by group and name; containers stand for nothing of their own. */
export function commandRows(): CommandRow[] {
  const leaves = [...COMMANDS.values()].flatMap(command =>
    command.children === null ? [command] : [...command.children.values()],
  );
  return leaves
    .map(rowOf)
    .sort((a, b) => (a.group === b.group ? (a.name < b.name ? -1 : 1) : a.group < b.group ? -1 : 1));
}

/** A cost row in words: base, per element, per element beyond the caches. */
export function costText({ base, hot, miss, cache }: CommandCost): string {
  const us = (ns: number) => `${Number((ns / 1_000).toPrecision(3))}`;
  if (hot === 0 && miss === 0) return `${us(base)} us`;
  const beyond = miss === 0 ? "" : `, + ${us(miss)} beyond ${cache.toLocaleString("en-US")}`;
  return `${us(base)} us + ${us(hot)} us per element${beyond}`;
}

/** Memcached's commands as documentation and the command line show them. */
export function memcachedRows(): { readonly group: string; readonly call: string; readonly summary: string }[] {
  return [...TEXT_COMMANDS.values()].map(({ name, group, syntax, summary }) => ({
    group,
    call: `${name} ${syntax}`.trimEnd(),
    summary,
  }));
}

function memcachedDocs(): string[] {
  const rows = memcachedRows().map(({ call, summary }) => `| \`${call.replaceAll("|", "\\|")}\` | ${summary}. |`);
  const head =
    "Of `serve --engine memcached-1.6`; replies, errors among them, are those of memcached 1.6.18 ([models.md](models.md), 28).";
  return ["## Memcached", "", head, "", "| command | what it does |", "| --- | --- |", ...rows, ""];
}

/** docs/commands.md. */
export function commandDocs(): string {
  const rows = commandRows();
  const out: string[] = [
    "<!-- Generated from the command table by `npm run generate`; a test holds it to that. -->",
    "# Commands",
    "",
    `${rows.length} commands and subcommands, with the semantics of Valkey 8.0 (other versions where a profile says so). Time is`,
    "what the command itself takes on the engine thread of the reference core, on Valkey 8; turn, parsing and bytes come on top",
    "([models.md](models.md), 1). `cachecast commands` prints the same table.",
    "",
  ];
  for (const group of new Set(rows.map(row => row.group))) {
    out.push(
      `## ${group}`,
      "",
      "| command | since | complexity | time | what it does |",
      "| --- | --- | --- | --- | --- |",
    );
    for (const row of rows.filter(one => one.group === group)) {
      const what = row.deviation === "" ? row.summary : `${row.summary} **Differs**: ${row.deviation}`;
      const cells = [
        `\`${`${row.name} ${row.syntax}`.trimEnd()}\``,
        row.since,
        row.complexity,
        costText(row.cost),
        what,
      ];
      out.push(`| ${cells.map(cell => cell.replaceAll("|", "\\|")).join(" | ")} |`);
    }
    out.push("");
  }
  out.push(...memcachedDocs());
  out.push("## Everywhere", "", ...EVERYWHERE.map(text => `- ${text}`), "");
  out.push("## The official suite", "", "| test that fails | why |", "| --- | --- |");
  for (const [name, why] of SUITE_FAILURES) out.push(`| ${name} | ${why} |`);
  if (Object.keys(ABSENT).length === 0) return `${out.join("\n").trimEnd()}\n`;
  out.push("", "## Not there", "", "| command of Valkey 8.0.1 | why |", "| --- | --- |");
  for (const [name, why] of Object.entries(ABSENT)) out.push(`| \`${name.toUpperCase()}\` | ${why} |`);
  return `${out.join("\n")}\n`;
}
