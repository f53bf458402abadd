// A lock in the cache: SET <lock> NX PX ttl. Who gets it asks the origin, stores, and deletes the lock; who does not, waits
// and looks again every `poll`, or, where the value is kept for a while after its time, answers with the old one.
//
// The lock's key lies in the slot of its key (by a hash tag), so that both die and move together. It is deleted only
// while it can still be one's own, as the usual compare-and-delete script sees to it. A lock that outlives its holder ends
// by its time; one that is too short lets a second request through. Without the lock's node nobody is locked out.

import { ErrorReply, type Reply } from "../../engine/reply.ts";
import { CachedValue } from "../caching/cached-value.ts";
import type { PatternWorld } from "../caching/pattern.ts";
import { LOCKING, UNLOCKING, WAITING } from "../caching/steps.ts";
import type { LockConfig } from "../config.ts";
import type { Requests } from "../requests.ts";
import type { Loading, Protection } from "./protection.ts";

/** The request's `mark`. */
const HAS_WAITED = 1;
const HOLDS = 2;
/** It has an old value at hand, which it will give if it does not get the lock. */
const HAS_OLD = 4;
/** The origin had no answer for it. */
const FAILED_TO_LOAD = 8;

/** The lock's name, in the same slot as its key. */
export function lockKey(key: string): string {
  const open = key.indexOf("{");
  const tagged = open !== -1 && key.indexOf("}", open) > open + 1;
  return tagged ? `${key}:lock` : `{${key}}:lock`;
}

export function lock(config: LockConfig, loading: Loading, world: PatternWorld, requests: Requests): Protection {
  const { counters } = world;
  const stale = config.others === "stale";
  /** Old values that requests hold while they try for the lock. */
  const old = new Map<number, Reply>();
  const ttl = String(Math.max(1, Math.round(config.ttlNs / 1e6)));

  const tryLock = (request: number) => {
    requests.step[request] = LOCKING;
    const key = lockKey(world.keyText(request));
    // Same slot, another hash.
    requests.hinted[request] = 0;
    world.call(request, ["set", key, "1", "NX", "PX", ttl], false);
  };
  /** Without a lock: the old value if there is one, else the origin. */
  const without = (request: number) => {
    const value = old.get(request);
    if (value === undefined) return loading.load(request, false);
    old.delete(request);
    counters.pastTime++;
    loading.serve(request, value);
  };

  const unlock = (request: number): boolean => {
    const held = (requests.mark[request] & HOLDS) !== 0;
    if (!held || world.nowNs - requests.askedNs[request] >= config.ttlNs) return false;
    requests.step[request] = UNLOCKING;
    requests.hinted[request] = 0;
    world.call(request, ["del", lockKey(world.keyText(request))], false);
    return true;
  };
  const unlocked = (request: number) => {
    if ((requests.mark[request] & FAILED_TO_LOAD) !== 0) loading.fail(request);
    else loading.answer(request);
  };

  return {
    needsEnvelope: stale,
    graceSeconds: stale ? config.graceSeconds : 0,
    missed(request, degraded) {
      if (degraded) return loading.load(request, true);
      if ((requests.mark[request] & HAS_WAITED) === 0) requests.untilNs[request] = world.nowNs + config.patienceNs;
      tryLock(request);
    },
    found(request, value) {
      if (!stale || !(value instanceof CachedValue) || world.nowNs < value.freshUntilNs) return false;
      old.set(request, value);
      requests.mark[request] |= HAS_OLD;
      tryLock(request);
      return true;
    },
    replied(request, reply) {
      requests.hinted[request] = 1;
      if (requests.step[request] === UNLOCKING) return unlocked(request);
      if (reply instanceof ErrorReply) return without(request);
      if (reply !== null) {
        old.delete(request);
        requests.mark[request] |= HOLDS;
        return loading.load(request, false);
      }
      if ((requests.mark[request] & HAS_OLD) !== 0) return without(request);
      if (world.nowNs >= requests.untilNs[request]) {
        counters.lockGivenUp++;
        return loading.load(request, false);
      }
      counters.lockWaits++;
      requests.mark[request] |= HAS_WAITED;
      requests.step[request] = WAITING;
      world.wait(request, config.pollNs);
    },
    failed(request) {
      requests.hinted[request] = 1;
      if (requests.step[request] === UNLOCKING) unlocked(request);
      else without(request);
    },
    resumed: request => loading.look(request),
    loaded: unlock,
    loadFailed(request) {
      requests.mark[request] |= FAILED_TO_LOAD;
      return unlock(request);
    },
  };
}
