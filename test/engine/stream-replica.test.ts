// A replica that applies what the primary makes of calls on streams has the same entries, the same progress of groups, and
// the same entries pending for the same consumers. (How often something was delivered may differ: reading again is not
// replicated, there as here.)

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { STREAM } from "../../src/engine/keyspace.ts";
import { NO_DATABASE } from "../../src/engine/propagation.ts";
import type { Stream } from "../../src/engine/values/stream.ts";
import { formatId, MAX_ID, MIN_ID } from "../../src/engine/values/stream-id.ts";
import { streamCalls } from "./calls/stream.ts";
import { resolve } from "./differential-calls.ts";
import { NOW_MS, talkTo, testEngine } from "./harness.ts";

function streamsOf(engine: Engine): unknown {
  const db = engine.database(0);
  const rows: unknown[] = [];
  db.forEachEntry(entry => {
    if (db.typeOf(entry) !== STREAM) return;
    const stream = db.valueOf(entry) as Stream;
    const { length, lastId, firstId, maxDeletedId, entriesAdded } = stream;
    const entries = stream.range(MIN_ID, MAX_ID).map(({ values, ...id }) => [formatId(id), values]);
    const groups = [...(stream.groups?.values() ?? [])].map(group => {
      const pending = [...group.pending.values()].map(({ id, consumer }) => [formatId(id), consumer!.name]);
      return [group.name, formatId(group.lastId), group.entriesRead, group.lag, pending];
    });
    const ids = [lastId, firstId, maxDeletedId].map(formatId);
    rows.push([db.keyOf(entry), length, entriesAdded, ...ids, entries, groups]);
  });
  return rows.sort((a, b) => (String(a) < String(b) ? -1 : 1));
}

const calls = fc.array(fc.oneof(...streamCalls.map(([weight, arbitrary]) => ({ weight, arbitrary }))), {
  minLength: 1,
  maxLength: 80,
  size: "max",
});

describe("streams on a replica", () => {
  it.each(["valkey-8.0", "redis-7.0"])("of %s equal those of the primary after every call", profile => {
    fc.assert(
      fc.property(calls, sequence => {
        const primary = testEngine({ profile });
        const replica = testEngine({ profile, seed: "replica" });
        replica.role = "replica";
        const link = replica.session(1, true);
        primary.replicate = (db, argv) => {
          if (db === NO_DATABASE) return;
          link.db = db;
          replica.execute(link, argv);
        };
        const say = talkTo(primary);
        sequence.forEach((call, step) => {
          const [name, ...rest] = call.map(word => resolve(word, step, NOW_MS));
          say(name, ...rest);
          expect(streamsOf(replica)).toEqual(streamsOf(primary));
        });
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});
