// Who is on either side of a network fault, in words.
//
//   all, nodes, clients                              everywhere
//   zone 2, nodes of zone 2, clients of zone 2       also nodes that come into it later
//   shard 1, primary of shard 1, replicas of shard 1, replica 2 of shard 1     the nodes that these are when it begins
//   rest                                             everybody who is not on the other side

import { z } from "zod";
import { clientsIn, type LinkFault, type Party } from "../models/faults/links.ts";
import type { World } from "../models/world.ts";
import { type DrillFacts, type DrillProblem, shardProblems } from "./drill.ts";

const FORMS = [
  /^(?<all>all)$/u,
  /^(?<rest>rest)$/u,
  /^(?<kind>nodes|clients)(?: of zone (?<zone>\d+))?$/u,
  /^zone (?<zone>\d+)$/u,
  /^(?:(?<role>primary|replicas|replica (?<replica>\d+)) of )?shard (?<shard>\d+)$/u,
] as const;

const EXAMPLES =
  "zone 1, clients, clients of zone 2, nodes, primary of shard 1, replica 2 of shard 1, shard 3, rest, all";

/** A side as written, taken apart. */
export interface Side {
  readonly text: string;
  readonly kind: "all" | "rest" | "nodes" | "clients" | "members";
  readonly zone: number | null;
  readonly shard: number | null;
  readonly role: "primary" | "replicas" | "replica" | null;
  readonly replica: number | null;
}

export function parseSide(text: string): Side | null {
  const words = text.trim().replaceAll(/\s+/gu, " ");
  for (const form of FORMS) {
    const groups = form.exec(words)?.groups;
    if (groups === undefined) continue;
    const number = (digits: string | undefined) => (digits === undefined ? null : Number(digits));
    const kind =
      groups.shard !== undefined
        ? "members"
        : ((groups.kind ?? groups.rest ?? "all") as Exclude<Side["kind"], "members">);
    return {
      text: words,
      kind,
      zone: number(groups.zone),
      shard: number(groups.shard),
      role: groups.role === undefined ? null : (groups.role.split(" ")[0] as Side["role"]),
      replica: number(groups.replica),
    };
  }
  return null;
}

/** An option that names one side. */
export function side(description: string) {
  return z
    .string()
    .transform((text, context): Side => {
      const parsed = parseSide(text);
      if (parsed !== null) return parsed;
      context.addIssue({ code: "custom", message: `needs parties such as ${EXAMPLES}, got «${text}»` });
      return z.NEVER;
    })
    .meta({ description: `${description} Parties.`, examples: ["primary of shard 1", "clients of zone 2", "rest"] });
}

/** What of a fault between two sides does not fit the cluster. */
export function sideProblems(from: Side | undefined, to: Side | undefined, facts: DrillFacts): DrillProblem[] {
  const problems: DrillProblem[] = [];
  for (const [key, one] of [["from", from] as const, ["to", to] as const]) {
    if (one === undefined) continue;
    const tell = (message: string) => problems.push({ path: [key], message });
    if (one.zone !== null && (one.zone < 1 || one.zone > facts.zones)) {
      tell(`there is no zone ${one.zone}: the scenario has ${facts.zones}`);
    }
    if (one.shard !== null) problems.push(...shardProblems(key, one.shard, facts));
    if (one.role === "replicas" && facts.replicas === 0) tell("a shard has no replicas");
    if (one.replica !== null && (one.replica < 1 || one.replica > facts.replicas)) {
      tell(`there is no replica ${one.replica}: a shard has ${facts.replicas}`);
    }
  }
  if (from?.kind === "rest" && to?.kind === "rest") {
    problems.push({ path: ["to"], message: "both sides are the rest: name one of them" });
  }
  return problems;
}

type Members = (party: Party) => boolean;

/** Which parties a side means now. */
function membersOf(world: World, one: Side, other: Members | null): Members {
  const { cluster } = world;
  const zoneOf = (party: Party) => (party >= 0 ? cluster.nodes[party].zone : -1 - party);
  switch (one.kind) {
    case "all":
      return party => one.zone === null || zoneOf(party) === one.zone - 1;
    case "rest":
      return party => !other!(party);
    case "nodes":
      return party => party >= 0 && (one.zone === null || zoneOf(party) === one.zone - 1);
    case "clients":
      return party => party < 0 && (one.zone === null || party === clientsIn(one.zone - 1));
    case "members": {
      const { primary, replicas } = cluster.shards[one.shard! - 1];
      const nodes =
        one.role === "primary"
          ? [primary]
          : one.role === "replicas"
            ? replicas
            : one.role === "replica"
              ? replicas.slice(one.replica! - 1, one.replica!)
              : [primary, ...replicas];
      const ids = new Set(nodes.map(node => node.id));
      return party => ids.has(party);
    }
  }
}

/** Which packets a fault between two sides concerns: from the first to the second, or both ways. */
export function coverage(world: World, from: Side, to: Side, bothWays: boolean): LinkFault["covers"] {
  const first = from.kind === "rest" ? null : membersOf(world, from, null);
  const second = membersOf(world, to, first);
  const one = first ?? membersOf(world, from, second);
  return bothWays
    ? (sender, receiver) => (one(sender) && second(receiver)) || (one(receiver) && second(sender))
    : (sender, receiver) => one(sender) && second(receiver);
}

/** "nodes → rest", for logs and targets. */
export function sidesInWords(from: Side, to: Side, bothWays: boolean): string {
  return `${from.text} ${bothWays ? "↔" : "→"} ${to.text}`;
}
