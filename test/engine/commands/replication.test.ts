import { describe, expect, it } from "vitest";
import type { ReplicationHost } from "../../../src/engine/replication/replication.ts";
import type { Session } from "../../../src/engine/session.ts";
import { pass, type Talk, talk, talkTo } from "../harness.ts";

/** A primary whose snapshots are taken when the test says so, and what it sends to replicas. */
function primary(parameters: Record<string, string> = {}) {
  const say = talk({ profile: "valkey-8.0", parameters });
  const calls: string[] = [];
  const host: ReplicationHost = {
    port: 6_379,
    follow: () => void calls.push("follow"),
    unfollow: () => undefined,
    snapshotWanted: () => void calls.push("snapshot"),
    snapshotUnwanted: () => undefined,
    acknowledge: () => void calls.push("ack"),
    log: () => undefined,
  };
  const { replication } = say.engine;
  replication.attach(host);
  return { say, calls, replication, replica: () => replicaOf(say) };
}

function replicaOf({ engine }: Talk): { say: Talk; session: Session; sent: () => string } {
  const session = engine.session(engine.sessions.size + 10);
  let sent = "";
  session.sendBytes = bytes => {
    sent += typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("latin1");
    return true;
  };
  session.deliver = () => undefined;
  session.onKill = () => engine.disconnect(session);
  const take = () => {
    engine.endTurn();
    const all = sent;
    sent = "";
    return all;
  };
  return { say: talkTo(engine, session), session, sent: take };
}

describe("a primary", () => {
  it("keeps a stream from its first replica on, with a SELECT for everybody who does not know", () => {
    const { say, calls, replication, replica } = primary();
    say("SET a 1");
    expect(replication.offset).toBe(0);
    const one = replica();
    one.say("REPLCONF listening-port 7000 capa psync2 capa eof");
    expect(one.say("PSYNC ? -1")).toEqual([]);
    expect(calls).toEqual(["snapshot"]);
    replication.snapshotTaken([one.session.replica!]);
    say("SET b 2");
    expect(one.sent()).toBe(`+FULLRESYNC ${replication.id} 0\r\n`);
    replication.snapshotSent(one.session.replica!);
    expect(one.sent()).toBe("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n");
    expect(say("ROLE")).toEqual(["$master", `:${replication.offset}`, [["$", "$7000", "$0"]]]);
    one.say(`REPLCONF ACK ${replication.offset}`);
    expect(say("WAIT 1 0")).toBe(":1");
    expect(replica().say("WAIT 2 0")).toBe("(blocked)");
  });

  it("goes on with a replica that knows the history, by either of its names", () => {
    const { say, replication, replica } = primary();
    const first = replica();
    first.say("SYNC");
    replication.snapshotTaken([first.session.replica!]);
    replication.snapshotSent(first.session.replica!);
    say("SET a 1");
    const [id, offset] = [replication.id, replication.offset];
    const again = replica();
    again.say("REPLCONF capa psync2");
    again.say(`PSYNC ${id} ${offset - 10}`);
    expect(again.sent()).toMatch(new RegExp(`^\\+CONTINUE ${id}\r\n[^]{11}$`, "u"));
    replication.upstream.follow({ host: "127.0.0.1", port: 1 });
    replication.upstream.promote();
    expect(replication.id).not.toBe(id);
    const third = replica();
    third.say(`PSYNC ${id} ${offset + 1}`);
    expect(third.sent()).toBe("+CONTINUE\r\n");
    const ahead = replica();
    ahead.say(`PSYNC ${id} ${offset + 2}`);
    expect(ahead.session.replica!.phase).toBe("wait");
  });

  it("pings, and drops replicas that say nothing", () => {
    const { say, replication, replica } = primary({ "repl-timeout": "5", "repl-ping-replica-period": "1" });
    const one = replica();
    one.say("REPLCONF capa psync2");
    one.say("PSYNC ? -1");
    replication.snapshotTaken([one.session.replica!]);
    replication.snapshotSent(one.session.replica!);
    one.sent();
    replication.upkeep.cron();
    expect(one.sent()).toBe("*1\r\n$4\r\nPING\r\n");
    pass(say.engine, 6_000);
    replication.upkeep.cron();
    expect(replication.replicas.size).toBe(0);
  });

  it("asks for acknowledgements once for all who wait", () => {
    const { say, replication, replica } = primary();
    const one = replica();
    one.say("PSYNC ? -1");
    replication.snapshotTaken([one.session.replica!]);
    replication.snapshotSent(one.session.replica!);
    const waiter = replica();
    waiter.say("SET a 1");
    waiter.say("WAIT 1 0");
    const other = replica();
    other.say("WAITAOF 0 1 0");
    const asked = one.sent();
    expect(asked.match(/GETACK/gu)).toHaveLength(1);
    expect(say("WAITAOF 1 0 0")).toBe("-ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");
  });
});

describe("REPLICAOF", () => {
  it("makes a replica of it, ends waits, and takes it back", () => {
    const { say, calls, replication, replica } = primary();
    const waiter = replica();
    waiter.say("BLPOP q 0");
    expect(say("REPLICAOF 10.0.0.1 6379")).toBe("+OK");
    expect(waiter.session.blocked).toBeNull();
    expect(waiter.session.closing).toBe(true);
    expect(calls).toEqual(["follow"]);
    expect(say("REPLICAOF 10.0.0.1 6379")).toBe("+OK Already connected to specified master");
    expect(say("ROLE")).toEqual(["$slave", "$10.0.0.1", ":6379", "$connect", ":-1"]);
    expect(say("CONFIG GET replicaof")).toEqual(["$replicaof", "$10.0.0.1 6379"]);
    expect(say("SET a 1")).toMatch(/^-READONLY/u);
    expect(say("REPLICAOF a 70000")).toBe("-ERR Invalid master port");
    const before = replication.id;
    expect(say("SLAVEOF NO ONE")).toBe("+OK");
    expect(replication.id2).toBe(before);
    expect(say("SET a 1")).toBe("+OK");
  });
});

describe("REPLCONF and FAILOVER", () => {
  it("say what is wrong", () => {
    const { say } = primary();
    expect(say("REPLCONF listening-port")).toBe("-ERR syntax error");
    expect(say("REPLCONF what ever")).toBe("-ERR Unrecognized REPLCONF option: what");
    expect(say("REPLCONF rdb-only 2")).toBe("-ERR value is out of range, value must between 0 and 1");
    expect(say("REPLCONF rdb-filter-only keys")).toBe("-ERR Unsupported rdb-filter-only option: keys");
    expect(say("FAILOVER ABORT")).toBe("-ERR No failover in progress.");
    expect(say("FAILOVER")).toBe("-ERR FAILOVER requires connected replicas.");
    expect(say("FAILOVER TIMEOUT 0")).toBe("-ERR FAILOVER timeout must be greater than 0");
    expect(say("FAILOVER TO a")).toBe("-ERR syntax error");
    expect(say("WAIT 1 -1")).toBe("-ERR timeout is negative");
    expect(say("WAIT 1 9223372036854775807")).toBe("-ERR timeout is out of range");
  });
});
