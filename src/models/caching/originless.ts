// What patterns have in common that use the cache for its own sake: nothing stands behind it that could be asked.

import { fail } from "../../assert.ts";
import type { Reply } from "../../engine/reply.ts";
import { FAILED } from "../outcome.ts";
import type { Requests } from "../requests.ts";
import type { Pattern, PatternWorld } from "./pattern.ts";

export abstract class Originless implements Pattern {
  readonly atOrigin = null;

  constructor(
    protected readonly world: PatternWorld,
    protected readonly requests: Requests,
  ) {}

  abstract begin(request: number): void;
  abstract replied(request: number, reply: Reply): void;

  failed(request: number): void {
    this.world.finish(request, FAILED);
  }

  resumed(request: number): void {
    fail(`request ${request} waited for nothing`);
  }

  write(request: number): void {
    fail(`request ${request} has no other way to write`);
  }

  remove(request: number): void {
    fail(`request ${request} deletes nothing: that is for traces`);
  }

  fetched(request: number): void {
    fail(`request ${request} has no origin`);
  }

  fetchFailed(request: number): void {
    fail(`request ${request} has no origin`);
  }
}
