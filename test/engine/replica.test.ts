import { describe, expect, it } from "vitest";
import { pass, type Talk, talk, talkTo } from "./harness.ts";

/** A replica that got `k` from its primary with 100 ms to live, 200 ms ago. `link` is the primary's stream. */
function replicaWithExpired(parameters: Record<string, string> = {}): { say: Talk; link: Talk } {
  const say = talk({ parameters });
  const link = talkTo(say.engine, say.engine.session(9, true));
  say.engine.role = "replica";
  link("SET k v PX 100");
  link("SET eternal v");
  pass(say.engine, 200);
  return { say, link };
}

describe("a replica", () => {
  it("hides expired keys from its clients and keeps them until the primary's DEL", () => {
    const { say, link } = replicaWithExpired();
    expect(say("GET k")).toBe("(nil)");
    expect(say("EXISTS k")).toBe(":0");
    expect(say("TTL k")).toBe(":-2");
    expect(say("TYPE k")).toBe("+none");
    expect(say("OBJECT ENCODING k")).toBe("(nil)");
    expect(say("KEYS *")).toEqual(["$eternal"]);
    expect(say("SCAN 0")).toEqual(["$0", ["$eternal"]]);
    expect(say("DBSIZE")).toBe(":2");
    expect(say.engine.stats.expiredKeys).toBe(0);
    link("DEL k");
    expect(say("DBSIZE")).toBe(":1");
  });

  it("shows expired keys to the primary's stream: what it says was true when it said it", () => {
    const { say, link } = replicaWithExpired();
    expect(link("APPEND k w")).toBe(":2");
    expect(link("PERSIST k")).toBe(":1");
    expect(say("GET k")).toBe("$vw");
  });

  it("takes an expiry that has passed from the stream, where a primary would delete", () => {
    const { say, link } = replicaWithExpired();
    link("PEXPIREAT eternal 1");
    expect(say("DBSIZE")).toBe(":2");
    expect(say("GET eternal")).toBe("(nil)");
  });

  it("refuses writes of its clients, and none of its primary", () => {
    const { say, link } = replicaWithExpired();
    for (const line of ["SET a b", "DEL eternal", "INCR n", "FLUSHALL", "GETEX eternal"]) {
      expect(say(line), line).toBe("-READONLY You can't write against a read only replica.");
    }
    expect(link("SET a b")).toBe("+OK");
    expect(say("GET a")).toBe("$b");
  });

  it("that lost its link serves old data, or only what needs none", () => {
    const { say } = replicaWithExpired();
    say.engine.linkUp = false;
    expect(say("GET eternal")).toBe("$v");
    say("CONFIG SET replica-serve-stale-data no");
    const down = "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.";
    expect(say("GET eternal")).toBe(down);
    expect(say("PING")).toBe(down);
    expect(say("CONFIG GET hz")).toEqual(["$hz", "$10"]);
    expect(String(say("INFO replication"))).toContain("role:slave\r\nmaster_link_status:down");
  });

  it("that may be written makes an expired key's name free: one key of that name, not two", () => {
    for (const write of ["SET k w", "GETSET k w", "SET k w GET", "APPEND k w", "RENAME eternal k", "COPY eternal k"]) {
      const { say } = replicaWithExpired({ "replica-read-only": "no" });
      say(write);
      const names: string[] = [];
      const db = say.engine.database(0);
      db.forEachEntry(entry => names.push(db.keyOf(entry)));
      expect(
        names.filter(name => name === "k"),
        write,
      ).toHaveLength(1);
      expect(say("TTL k"), write).toBe(":-1");
      expect(say.engine.stats.expiredKeys).toBe(1);
    }
  });

  it("RANDOMKEY finds the living among the dead, and gives up where all may be dead", () => {
    const { say, link } = replicaWithExpired();
    for (let i = 0; i < 20; i++) expect(say("RANDOMKEY")).toBe("$eternal");
    link("DEL eternal");
    expect(say("RANDOMKEY")).toBe("$k"); // a dead one rather than none
    expect(say("DBSIZE")).toBe(":1");
  });

  it("that becomes a primary deletes what has expired", () => {
    const { say } = replicaWithExpired();
    say.engine.role = "primary";
    expect(say("GET k")).toBe("(nil)");
    expect(say("DBSIZE")).toBe(":1");
    expect(say.engine.stats.expiredKeys).toBe(1);
  });
});
