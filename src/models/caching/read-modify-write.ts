// Read, modify, write: a value is read, changed by the application, and written back.
//
//   get-set           GET … SET: of two that overlap one overwrites the other's change, and nobody notices. An update counts
//                     as lost when another one of its key was executed between the GET and the SET of the next.
//                     Each with w updates of its key a second by others and s seconds between: 1 - exp(-w s)
//   compare-and-set   GET … a script that writes only if the value is still the one that was read (optimistic locking);
//                     who comes too late reads again, up to `attempts` times
//
// Left out: WATCH, which needs a connection of its own; updates whose answer never came.

import { type Bytes, textOf, VirtualBytes } from "../../engine/bytes.ts";
import { ErrorReply, type Reply } from "../../engine/reply.ts";
import { sha1hex } from "../../engine/scripting/cache.ts";
import type { Random } from "../../sim/random.ts";
import type { ReadModifyWriteConfig } from "../config.ts";
import { DONE, FAILED } from "../outcome.ts";
import type { Requests } from "../requests.ts";
import { Originless } from "./originless.ts";
import type { PatternWorld } from "./pattern.ts";

const READING = 0;
const WRITING = 1;

const COMPARE_AND_SET = `if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
`;
const COMPARE_AND_SET_SHA = sha1hex(COMPARE_AND_SET);

/** The latest known update of a key: when the engine had executed its GET and its SET. */
interface Update {
  readonly readNs: number;
  readonly writtenNs: number;
}

export class ReadModifyWrite extends Originless {
  private readonly latest = new Map<number, Update>();
  /** What requests have read and not yet compared. */
  private readonly seen = new Map<number, string>();
  private readonly thinking: Random;
  private nextVersion: number;

  constructor(
    world: PatternWorld,
    requests: Requests,
    private readonly config: ReadModifyWriteConfig,
    keyCount: number,
  ) {
    super(world, requests);
    this.thinking = world.random("modify");
    // Values of preloaded keys have their numbers.
    this.nextVersion = keyCount;
  }

  begin(request: number): void {
    this.requests.mark[request] = 1;
    this.read(request);
  }

  private read(request: number): void {
    const { requests, world } = this;
    requests.step[request] = READING;
    requests.hinted[request] = 1;
    world.call(request, ["get", world.keyText(request)], false);
  }

  replied(request: number, reply: Reply): void {
    const { requests, world, config } = this;
    if (reply instanceof ErrorReply) {
      if (reply.code !== "NOSCRIPT") return world.finish(request, FAILED);
      return world.call(request, ["eval", COMPARE_AND_SET, ...requests.argv[request].slice(2)], false);
    }
    if (requests.step[request] === READING) {
      // When it was read, by the engine's clock.
      requests.untilNs[request] = requests.doneNs[request];
      if (config.by === "compare-and-set") this.seen.set(request, reply === null ? "" : textOf(reply as Bytes));
      return world.wait(request, Math.max(1, Math.round(config.thinkNs.sample(this.thinking))));
    }
    if (config.by === "compare-and-set" && reply === 0) return this.tooLate(request);
    this.noteUpdate(request);
    world.finish(request, DONE);
  }

  override resumed(request: number): void {
    const { requests, world, seen } = this;
    requests.step[request] = WRITING;
    const key = world.keyText(request);
    const was = seen.get(request);
    requests.hinted[request] = was === undefined ? 1 : 0;
    if (was === undefined) return world.call(request, ["set", key, this.changed(request), "KEEPTTL"], false);
    seen.delete(request);
    world.call(request, ["evalsha", COMPARE_AND_SET_SHA, "1", key, was, this.changed(request).text()], false);
  }

  private changed(request: number): VirtualBytes {
    return new VirtualBytes(this.world.value(request).length, this.nextVersion++);
  }

  private tooLate(request: number): void {
    const { requests, world, config } = this;
    world.counters.conflicts++;
    if (requests.mark[request]++ >= config.attempts) return world.finish(request, FAILED);
    this.read(request);
  }

  /** Whose change went under? Answers may overtake each other: the later of the two is the one that overwrote. */
  private noteUpdate(request: number): void {
    const { requests, latest, world } = this;
    const key = requests.key[request];
    const own: Update = { readNs: requests.untilNs[request], writtenNs: requests.doneNs[request] };
    const other = latest.get(key);
    if (other === undefined) return void latest.set(key, own);
    const [earlier, later] = other.writtenNs < own.writtenNs ? [other, own] : [own, other];
    if (later.readNs < earlier.writtenNs) world.counters.lostUpdates++;
    latest.set(key, later);
  }
}
