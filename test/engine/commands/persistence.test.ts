// SAVE, BGSAVE, BGREWRITEAOF, LASTSAVE, and what DEBUG does with snapshots.

import { describe, expect, it } from "vitest";
import { type Dump, MemoryStore, savePoints } from "../../../src/engine/persistence.ts";
import { NOW_MS, pass, type Talk, talk } from "../harness.ts";
import { EVERY_FORM } from "../rdb/payloads.ts";

/** A store whose background work ends when the test says so. */
class SlowStore extends MemoryStore {
  working: ((ok: boolean) => void) | null = null;
  failing = false;

  override save(dump: Dump): boolean {
    return !this.failing && super.save(dump);
  }

  override saveInBackground(dump: Dump, done: (ok: boolean) => void): boolean {
    if (this.failing || !super.save(dump)) return false;
    this.working = done;
    return true;
  }

  override rewriteInBackground(done: (ok: boolean) => void): boolean {
    this.working = done;
    return !this.failing;
  }

  finish(ok = true): void {
    const done = this.working!;
    this.working = null;
    done(ok);
  }
}

function slow(parameters: Record<string, string> = {}): Talk & { store: SlowStore } {
  const ours = talk({ profile: "valkey-8.0", parameters });
  ours.engine.allowProtected = true;
  const store = new SlowStore();
  ours.engine.persistence.store = store;
  return Object.assign(ours, { store });
}

function info(ours: Talk, name: string): string | undefined {
  return new RegExp(`^${name}:(.*)\r$`, "mu").exec(String(ours("INFO", "persistence")))?.[1];
}

describe("DEBUG RELOAD", () => {
  it.each(["redis-7.0", "valkey-8.0"])("brings everything back on %s", profile => {
    const ours = talk({ profile });
    ours.engine.allowProtected = true;
    for (const [name, ...rest] of EVERY_FORM) ours(name, ...rest);
    const digest = ours("DEBUG", "DIGEST");
    const ttl = ours("PTTL", "expiring");
    expect(ours("DEBUG", "RELOAD")).toBe("+OK");
    expect(ours("DEBUG", "DIGEST")).toEqual(digest);
    expect(ours("PTTL", "expiring")).toBe(ttl);
    expect(ours("XINFO", "CONSUMERS", "stream", "g")).toHaveLength(2);
    // The account of memory is right: emptied, nothing is left.
    ours("FLUSHALL");
    expect(ours.engine.dataBytes).toBe(0);
  });

  it("leaves out what has expired, and keeps ages", () => {
    const ours = slow({ "maxmemory-policy": "allkeys-lfu" });
    ours("SET", "gone", "v", "PX", "10");
    ours("SET", "k", "v");
    for (let i = 0; i < 50; i++) ours("GET", "k");
    const frequency = ours("OBJECT", "FREQ", "k");
    pass(ours.engine, 20);
    expect(ours("DEBUG", "RELOAD")).toBe("+OK");
    expect(ours("DBSIZE")).toBe(":1");
    expect(ours("OBJECT", "FREQ", "k")).toBe(frequency);
    expect(info(ours, "rdb_last_load_keys_expired")).toBe("1");
    expect(info(ours, "rdb_last_load_keys_loaded")).toBe("1");
  });

  it("NOSAVE, NOFLUSH and MERGE", () => {
    const ours = slow();
    ours("SET", "a", "old");
    ours("SAVE");
    ours("SET", "a", "new");
    ours("SET", "b", "kept");
    expect(ours("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH")).toBe(
      "-ERR Error trying to load the RDB dump, check server logs.",
    );
    expect(ours("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH", "MERGE")).toBe("+OK");
    expect(ours("MGET", "a", "b")).toEqual(["$old", "$kept"]);
    expect(ours("DEBUG", "RELOAD", "nosave")).toBe("+OK");
    expect(ours("DBSIZE")).toBe(":1");
    expect(ours("DEBUG", "RELOAD", "junk")).toBe(
      "-ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.",
    );
  });

  it("breaks watches, and tells nothing to replicas", () => {
    const ours = slow();
    const told: unknown[] = [];
    ours("SET", "k", "v");
    ours.engine.replicate = (_database, argv) => told.push(argv);
    ours("WATCH", "k");
    ours("DEBUG", "RELOAD");
    ours("MULTI");
    ours("GET", "k");
    expect(ours("EXEC")).toBe("(nil list)");
    expect(told).toEqual([]);
  });
});

describe("snapshots", () => {
  it("SAVE forgets the changes and notes the time", () => {
    const ours = slow();
    ours("SET", "k", "v");
    expect(info(ours, "rdb_changes_since_last_save")).toBe("1");
    pass(ours.engine, 5_000);
    expect(ours("SAVE")).toBe("+OK");
    expect(ours("LASTSAVE")).toBe(`:${(NOW_MS + 5_000) / 1_000}`);
    expect(info(ours, "rdb_changes_since_last_save")).toBe("0");
    expect(info(ours, "rdb_saves")).toBe("1");
  });

  it("BGSAVE holds the data of its beginning", () => {
    const ours = slow();
    ours("SET", "k", "before");
    expect(ours("BGSAVE")).toBe("+Background saving started");
    expect(info(ours, "rdb_bgsave_in_progress")).toBe("1");
    expect(ours.engine.childActive).toBe(true);
    ours("SET", "k", "after");
    expect(ours("BGSAVE")).toBe("-ERR Background save already in progress");
    expect(ours("SAVE")).toBe("-ERR Background save already in progress");
    expect(ours("BGSAVE", "later")).toBe("-ERR syntax error");
    pass(ours.engine, 3_000);
    ours.store.finish();
    expect(ours.engine.childActive).toBe(false);
    expect(info(ours, "rdb_last_bgsave_time_sec")).toBe("3");
    expect(info(ours, "rdb_changes_since_last_save")).toBe("1");
    ours("DEBUG", "RELOAD", "NOSAVE");
    expect(ours("GET", "k")).toBe("$before");
  });

  it("waits for another child, or refuses", () => {
    const ours = slow();
    expect(ours("BGREWRITEAOF")).toBe("+Background append only file rewriting started");
    expect(ours("BGREWRITEAOF")).toBe("-ERR Background append only file rewriting already in progress");
    expect(ours("BGSAVE")).toBe(
      "-ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.",
    );
    expect(ours("BGSAVE", "SCHEDULE")).toBe("+Background saving scheduled");
    ours.store.finish();
    ours.engine.persistence.cron();
    expect(info(ours, "rdb_bgsave_in_progress")).toBe("1");
    expect(ours("BGREWRITEAOF")).toBe("+Background append only file rewriting scheduled");
    expect(info(ours, "aof_rewrite_scheduled")).toBe("1");
    ours.store.finish();
    ours.engine.persistence.cron();
    expect(info(ours, "aof_rewrite_in_progress")).toBe("1");
  });

  it("in a transaction both are put off", () => {
    const ours = slow();
    ours("MULTI");
    ours("BGSAVE");
    ours("BGREWRITEAOF");
    expect(ours("EXEC")).toEqual(["+Background saving scheduled", "+Background append only file rewriting scheduled"]);
  });

  it("come by themselves after so many changes and seconds", () => {
    const ours = slow({ save: "60 2" });
    ours("SET", "a", "1");
    pass(ours.engine, 61_000);
    ours.engine.persistence.cron();
    expect(ours.store.working).toBeNull();
    ours("SET", "a", "2");
    ours.engine.persistence.cron();
    expect(ours.store.working).not.toBeNull();
    expect(savePoints("900 1 300 10")).toEqual([
      { seconds: 900, changes: 1 },
      { seconds: 300, changes: 10 },
    ]);
  });

  it("writes are refused while they fail", () => {
    const ours = slow({ save: "3600 1" });
    ours("SET", "a", "1");
    expect(ours("BGSAVE")).toBe("+Background saving started");
    ours.store.finish(false);
    expect(info(ours, "rdb_last_bgsave_status")).toBe("err");
    expect(String(ours("SET", "a", "2"))).toMatch(/^-MISCONF Valkey is configured to save RDB snapshots/u);
    expect(String(ours("PING"))).toMatch(/^-MISCONF/u);
    expect(ours("GET", "a")).toBe("$1");
    ours("CONFIG", "SET", "stop-writes-on-bgsave-error", "no");
    expect(ours("SET", "a", "2")).toBe("+OK");
    ours("CONFIG", "SET", "stop-writes-on-bgsave-error", "yes");
    expect(ours("SAVE")).toBe("+OK");
    expect(ours("SET", "a", "3")).toBe("+OK");
  });

  it("FLUSHALL ends one that is under way, and leaves an empty one behind", () => {
    const ours = slow({ save: "3600 1" });
    ours("SET", "a", "1");
    ours("BGSAVE");
    ours("FLUSHALL");
    expect(ours.engine.childActive).toBe(false);
    ours("DEBUG", "RELOAD", "NOSAVE");
    expect(ours("DBSIZE")).toBe(":0");
  });

  it("an append-only file that has doubled is written anew", () => {
    const ours = slow();
    const { aof } = ours.engine.persistence;
    Object.assign(aof, { enabled: true, baseSize: 100_000_000, currentSize: 150_000_000 });
    ours.engine.persistence.cron();
    expect(ours.store.working).toBeNull();
    aof.currentSize = 200_000_000;
    ours.engine.persistence.cron();
    expect(info(ours, "aof_rewrite_in_progress")).toBe("1");
  });

  it("without an append-only file there is nothing to load", () => {
    expect(slow()("DEBUG", "LOADAOF")).toBe("-ERR Error trying to load the AOF files, check server logs.");
  });
});

describe("DEBUG DIGEST", () => {
  it("is that of a real server", () => {
    const ours = slow();
    expect(ours("DEBUG", "DIGEST")).toBe(`+${"0".repeat(40)}`);
    // redis-server 7.0.15 after SET a 1.
    ours("SET", "a", "1");
    expect(ours("DEBUG", "DIGEST")).toBe("+943d800368fb9c0e951138f1bc0e313ac769d91f");
    expect(ours("DEBUG", "DIGEST-VALUE", "a", "none")).toEqual([
      "+b4fc66738120fba0b5aa500ab5c2bf89cea1c5da",
      `+${"0".repeat(40)}`,
    ]);
  });

  it("does not depend on the order of what has none, and does on that of lists", () => {
    const digest = (...calls: string[]) => {
      const ours = slow();
      for (const call of calls) ours(call);
      return ours("DEBUG", "DIGEST");
    };
    expect(digest("SADD s a b", "HSET h a 1 b 2")).toEqual(digest("HSET h b 2 a 1", "SADD s b a"));
    expect(digest("RPUSH l a b")).not.toEqual(digest("RPUSH l b a"));
    expect(digest("SET k v")).not.toEqual(digest("SELECT 1", "SET k v"));
    expect(digest("SET k v")).not.toEqual(digest("SET k v EX 100"));
  });
});
