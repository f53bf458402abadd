// Plain commands from a weighted mix of templates: each request is one command, and its answer ends it.

import { fail } from "../../assert.ts";
import type { Command } from "../../engine/command.ts";
import { READONLY } from "../../engine/command.ts";
import { ErrorReply } from "../../engine/reply.ts";
import { aliasTable } from "../../sim/distributions/alias.ts";
import type { Random } from "../../sim/random.ts";
import { fillTemplate, keyIsFirstArgument, type Part, type TemplateSource } from "../../workload/template.ts";
import { DONE, FAILED } from "../outcome.ts";
import type { Requests } from "../requests.ts";
import type { Pattern, PatternWorld } from "./pattern.ts";

export interface Mix {
  readonly parts: readonly Part[];
  readonly weight: number;
}

function noOrigin(request: number): never {
  return fail(`request ${request} of plain commands has no origin`);
}

export function commandMix(
  world: PatternWorld,
  requests: Requests,
  mix: readonly Mix[],
  commandOf: (name: string) => Command | undefined,
  source: TemplateSource,
  random: Random,
): Pattern {
  const pick = aliasTable(mix.map(one => one.weight));
  const reads = mix.map(({ parts }) => {
    const first = parts[0];
    const command = first.kind === "text" ? commandOf(first.text) : undefined;
    return command !== undefined && (command.flags & READONLY) !== 0;
  });
  const hinted = mix.map(({ parts }) => keyIsFirstArgument(parts));
  return {
    begin(request) {
      const chosen = mix.length === 1 ? 0 : pick(random);
      requests.hinted[request] = hinted[chosen] ? 1 : 0;
      world.call(request, fillTemplate(mix[chosen].parts, requests.key[request], source), reads[chosen]);
    },
    remove: () => fail("a mix of commands has no deletions of its own: they are for traces"),
    replied: (request, reply) => world.finish(request, reply instanceof ErrorReply ? FAILED : DONE),
    failed: request => world.finish(request, FAILED),
    // Plain commands have no origin behind them, and no other way to write.
    atOrigin: null,
    fetched: noOrigin,
    fetchFailed: noOrigin,
    resumed: noOrigin,
    write: noOrigin,
  };
}
