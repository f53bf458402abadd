// How patterns write to the origin, and what becomes of the copy in the cache:
//
//   invalidate         the origin, then DEL: the next reader loads anew
//   invalidate-first   DEL, then the origin: a reader in between stores the old value again
//   update             the origin, then SET: two writers may leave the older value behind
//   around             the origin only: the copy lives on until its time ends
//
// The new version is the origin's from the instant of its answer. A copy that cannot be changed stays, and readers get it
// until its time ends; `strict`: then the write has failed for the user, although the origin has it.

import { ErrorReply, type Reply } from "../../engine/reply.ts";
import type { WriteConfig } from "../config.ts";
import { DONE, FAILED } from "../outcome.ts";
import type { Requests } from "../requests.ts";
import { type PatternWorld, setCommand } from "./pattern.ts";
import { CHANGING_CACHE, CLEARING_CACHE, WRITING, WRITING_ORIGIN } from "./steps.ts";

export class WritePath {
  constructor(
    private readonly world: PatternWorld,
    private readonly requests: Requests,
    private readonly config: WriteConfig,
  ) {}

  begin(request: number): void {
    if (this.config.copy === "invalidate-first") this.drop(request, CLEARING_CACHE);
    else this.save(request);
  }

  /** Stores in the cache and nowhere else, as a recorded request did. */
  record(request: number): void {
    this.requests.step[request] = WRITING;
    this.set(request);
  }

  /** Deletes from the cache and nowhere else. */
  remove(request: number): void {
    this.drop(request, WRITING);
  }

  private save(request: number): void {
    this.requests.step[request] = WRITING_ORIGIN;
    this.world.save(request);
  }

  private drop(request: number, step: number): void {
    this.requests.step[request] = step;
    this.world.call(request, ["del", this.world.keyText(request)], false);
  }

  private set(request: number): void {
    const { world } = this;
    world.call(request, setCommand(world.keyText(request), world.value(request), world.ttlSeconds(request)), false);
  }

  /** The origin has taken it. */
  fetched(request: number): void {
    const { world, requests, config } = this;
    const { versions } = world;
    if (versions !== null) {
      const version = versions.issue();
      versions.commit(requests.key[request], version, world.nowNs);
      requests.version[request] = version;
    }
    if (config.copy === "around" || config.copy === "invalidate-first") return world.finish(request, DONE);
    if (config.copy === "invalidate") return this.drop(request, CHANGING_CACHE);
    requests.step[request] = CHANGING_CACHE;
    this.set(request);
  }

  fetchFailed(request: number): void {
    this.world.finish(request, FAILED);
  }

  replied(request: number, reply: Reply): void {
    if (reply instanceof ErrorReply) return this.failed(request);
    if (this.requests.step[request] === CLEARING_CACHE) return this.save(request);
    this.world.finish(request, DONE);
  }

  failed(request: number): void {
    const step = this.requests.step[request];
    if (step === WRITING) return this.world.finish(request, FAILED);
    this.world.counters.copiesLeft++;
    if (step === CLEARING_CACHE) {
      if (this.config.strict) this.world.finish(request, FAILED);
      else this.save(request);
      return;
    }
    this.world.finish(request, this.config.strict ? FAILED : DONE);
  }
}
