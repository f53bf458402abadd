// Cache-aside (lazy loading): ask the cache; on a miss ask the origin, store the answer with a time to live, return it.
// The user waits for all three trips. A cache that cannot be reached is not fatal: with `fallback` the origin answers,
// and nothing is stored. A store that fails is lost silently; the user has the answer.

import { ErrorReply, type Reply } from "../../engine/reply.ts";
import { DEGRADED, DONE, FAILED, HIT, MISS } from "../outcome.ts";
import type { Requests } from "../requests.ts";
import { type Pattern, type PatternWorld, setCommand } from "./pattern.ts";

const READING = 0;
const FETCHING = 1;
const STORING = 2;
const FALLING_BACK = 3;
/** A write or a deletion that a trace asks for. */
const WRITING = 4;

export function cacheAside(world: PatternWorld, requests: Requests, fallback: boolean, fill: boolean): Pattern {
  const store = (request: number, step: number) => {
    requests.step[request] = step;
    world.call(request, setCommand(world.keyText(request), world.value(request), world.ttlSeconds(request)), false);
  };
  return {
    begin(request, write) {
      if (write) return store(request, WRITING);
      requests.step[request] = READING;
      world.call(request, ["get", world.keyText(request)], true);
    },
    remove(request) {
      requests.step[request] = WRITING;
      world.call(request, ["del", world.keyText(request)], false);
    },
    replied(request, reply: Reply) {
      const isError = reply instanceof ErrorReply;
      switch (requests.step[request]) {
        case READING:
          if (isError) return this.failed(request, "error");
          if (reply !== null) return world.finish(request, HIT);
          if (!fill) return world.finish(request, MISS);
          requests.step[request] = FETCHING;
          return world.fetch(request);
        case WRITING:
          return world.finish(request, isError ? FAILED : DONE);
        default:
          return world.finish(request, MISS);
      }
    },
    failed(request) {
      switch (requests.step[request]) {
        case READING:
          if (!fallback) return world.finish(request, FAILED);
          requests.step[request] = FALLING_BACK;
          return world.fetch(request);
        case WRITING:
          return world.finish(request, FAILED);
        default:
          return world.finish(request, MISS);
      }
    },
    fetched(request) {
      if (requests.step[request] === FALLING_BACK) return world.finish(request, DEGRADED);
      store(request, STORING);
    },
  };
}
