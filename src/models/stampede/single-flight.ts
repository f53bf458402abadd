// Request coalescing: within one instance, whoever asks the origin for a key that is being asked for already waits for that
// answer and gets it too (Go's singleflight, Caffeine's loading cache, a lock per key). A fleet of n instances still sends up
// to n requests for one key. When the first one fails, all who waited fail with it.
//
// Followers are chained through the `link` column.

import type { PatternWorld } from "../caching/pattern.ts";
import { FALLING_BACK, FOLLOWING } from "../caching/steps.ts";
import { DEGRADED, FAILED, MISS, type Outcome } from "../outcome.ts";
import { NO_REQUEST, type Requests } from "../requests.ts";
import type { Loading, Protection } from "./protection.ts";

export function singleFlight(loading: Loading, world: PatternWorld, requests: Requests): Protection {
  /** Who asks, by instance and key; its `link` leads to who came last, and so on. */
  const flights = new Map<number, number>();
  const flightOf = (request: number) => requests.instance[request] * KEYS + requests.key[request];

  const land = (request: number, outcome: Outcome) => {
    const flight = flightOf(request);
    let follower = requests.link[request];
    flights.delete(flight);
    while (follower !== NO_REQUEST) {
      const next = requests.link[follower];
      requests.version[follower] = requests.version[request];
      world.finish(follower, outcome);
      follower = next;
    }
  };
  return {
    needsEnvelope: false,
    graceSeconds: 0,
    missed(request, degraded) {
      const flight = flightOf(request);
      const first = flights.get(flight);
      if (first === undefined) {
        flights.set(flight, request);
        requests.link[request] = NO_REQUEST;
        return loading.load(request, degraded);
      }
      world.counters.coalesced++;
      requests.step[request] = FOLLOWING;
      requests.link[request] = requests.link[first];
      requests.link[first] = request;
    },
    loaded(request) {
      land(request, requests.step[request] === FALLING_BACK ? DEGRADED : MISS);
      return false;
    },
    loadFailed(request) {
      land(request, FAILED);
      return false;
    },
  };
}

/** More than any workload has keys. */
const KEYS = 2 ** 31;
