// Cache-aside (lazy loading): the application asks the cache, and on a miss the origin, and stores the answer. Writes go to
// the origin; what becomes of the cache's copy is a choice (write-path.ts).
//
// Read-through, write-through and refresh-ahead are the same two ways with other settings: a library does for the
// application what the application does here.

import type { VirtualBytes } from "../../engine/bytes.ts";
import type { Reply } from "../../engine/reply.ts";
import type { ReadConfig, WriteConfig } from "../config.ts";
import type { OriginHandler } from "../origin-calls.ts";
import type { Requests } from "../requests.ts";
import type { Pattern, PatternWorld } from "./pattern.ts";
import { ReadPath } from "./read-path.ts";
import { FIRST_OF_WRITES } from "./steps.ts";
import { WritePath } from "./write-path.ts";

export class CacheAside implements Pattern {
  protected readonly reading: ReadPath;
  protected readonly writing: WritePath;

  constructor(
    protected readonly world: PatternWorld,
    protected readonly requests: Requests,
    read: ReadConfig,
    write: WriteConfig,
  ) {
    this.reading = new ReadPath(world, requests, read);
    this.writing = new WritePath(world, requests, write);
  }

  get atOrigin(): OriginHandler["atOrigin"] {
    return this.world.versions;
  }

  begin(request: number): void {
    this.reading.begin(request);
  }

  write(request: number, recorded: boolean): void {
    if (recorded) this.writing.record(request);
    else this.writing.begin(request);
  }

  remove(request: number): void {
    this.writing.remove(request);
  }

  replied(request: number, reply: Reply): void {
    if (this.requests.step[request] < FIRST_OF_WRITES) this.reading.replied(request, reply);
    else this.writing.replied(request, reply);
  }

  failed(request: number): void {
    if (this.requests.step[request] < FIRST_OF_WRITES) this.reading.failed(request);
    else this.writing.failed(request);
  }

  fetched(request: number): void {
    if (this.requests.step[request] < FIRST_OF_WRITES) this.reading.fetched(request);
    else this.writing.fetched(request);
  }

  fetchFailed(request: number): void {
    if (this.requests.step[request] < FIRST_OF_WRITES) this.reading.fetchFailed(request);
    else this.writing.fetchFailed(request);
  }

  resumed(request: number): void {
    this.reading.resumed(request);
  }

  preloaded(value: VirtualBytes, lifeNs: number, leftNs: number) {
    return this.reading.preloaded(value, lifeNs, leftNs);
  }

  get graceSeconds(): number {
    return this.reading.graceSeconds;
  }
}
