import { describe, expect, it } from "vitest";
import { Cluster } from "../../../src/engine/cluster/cluster.ts";
import { ClusterNode, FLAG } from "../../../src/engine/cluster/node.ts";
import { Redirection } from "../../../src/engine/cluster/redirect.ts";
import { keySlot } from "../../../src/engine/slots.ts";
import { pass, type Talk, talk, talkTo } from "../harness.ts";

const OTHER = "b".repeat(40);

/** A node that knows another one, without any bus; slots below 8192 are its own, the others the other one's. */
function node(): { say: Talk; cluster: Cluster; other: ClusterNode } {
  const say = talk({ profile: "valkey-8.0", parameters: { "cluster-enabled": "yes" } });
  const { engine } = say;
  const cluster = new Cluster(engine);
  engine.clusterState = cluster;
  engine.cluster = new Redirection(cluster);
  const other = new ClusterNode(OTHER, "c".repeat(40), FLAG.primary, engine.nowMs);
  other.ip = "10.0.0.2";
  other.port = 6_379;
  cluster.nodes.set(other.id, other);
  expect(say("CLUSTER ADDSLOTSRANGE 0 8191")).toBe("+OK");
  for (let slot = 8_192; slot < 16_384; slot++) cluster.assign(slot, other);
  pass(engine, 60_000);
  cluster.update();
  return { say, cluster, other };
}

function keyIn(condition: (slot: number) => boolean): string {
  for (let i = 0; ; i++) if (condition(keySlot(`k${i}`))) return `k${i}`;
}

const mine = keyIn(slot => slot < 8_192);
const theirs = keyIn(slot => slot >= 8_192);

describe("redirection", () => {
  it("serves own slots and says where the others are", () => {
    const { say } = node();
    expect(say(`SET ${mine} 1`)).toBe("+OK");
    expect(say(`SET ${theirs} 1`)).toBe(`-MOVED ${keySlot(theirs)} 10.0.0.2:6379`);
    expect(say(`MGET ${mine} ${theirs}`)).toBe("-CROSSSLOT Keys in request don't hash to the same slot");
    expect(say("PING")).toBe("+PONG");
  });

  it("looks at all that a transaction has queued", () => {
    const { say } = node();
    say("MULTI");
    expect(say(`SET ${theirs} 1`)).toMatch(/^-MOVED/u);
    expect(say("EXEC")).toBe("-EXECABORT Transaction discarded because of previous errors.");
  });

  it("sends on while a slot goes, for keys that are gone", () => {
    const { say } = node();
    const slot = keySlot(mine);
    const [here, gone] = [`{${mine}}a`, `{${mine}}b`];
    say(`SET ${here} 1`);
    expect(say(`CLUSTER SETSLOT ${slot} MIGRATING ${OTHER}`)).toBe("+OK");
    expect(say(`GET ${here}`)).toBe("$1");
    expect(say(`GET ${gone}`)).toBe(`-ASK ${slot} 10.0.0.2:6379`);
    expect(say(`MGET ${here} ${gone}`)).toBe("-TRYAGAIN Multiple keys request during rehashing of slot");
    const held = `-ERR Can't assign hashslot ${slot} to a different node while I still hold keys for this hash slot.`;
    expect(say(`CLUSTER SETSLOT ${slot} NODE ${OTHER}`)).toBe(held);
    say(`DEL ${here}`);
    expect(say(`CLUSTER SETSLOT ${slot} NODE ${OTHER}`)).toBe("+OK");
    expect(say(`GET ${here}`)).toBe(`-MOVED ${slot} 10.0.0.2:6379`);
  });

  it("takes calls for a slot that comes only from those who ask", () => {
    const { say } = node();
    const slot = keySlot(theirs);
    expect(say(`CLUSTER SETSLOT ${slot} IMPORTING ${OTHER}`)).toBe("+OK");
    expect(say(`SET ${theirs} 1`)).toMatch(/^-MOVED/u);
    say("ASKING");
    expect(say(`SET ${theirs} 1`)).toBe("+OK");
    expect(say(`GET ${theirs}`)).toMatch(/^-MOVED/u);
    say("ASKING");
    expect(say(`MGET ${theirs} {${theirs}}x`)).toBe("-TRYAGAIN Multiple keys request during rehashing of slot");
  });

  it("refuses while slots are missing, or serves reads if it may", () => {
    const { say, cluster } = node();
    cluster.unassign(16_000);
    cluster.update();
    expect(say(`GET ${mine}`)).toBe("-CLUSTERDOWN The cluster is down");
    say("CONFIG SET cluster-allow-reads-when-down yes");
    expect(say(`GET ${mine}`)).toBe("(nil)");
    expect(say(`SET ${mine} 1`)).toBe("-CLUSTERDOWN The cluster is down and only accepts read commands");
    say("CONFIG SET cluster-require-full-coverage no");
    cluster.update();
    pass(say.engine, 20_000);
    cluster.update();
    expect(say(`SET ${mine} 1`)).toBe("+OK");
  });

  it("lets a replica serve reads to those who want that", () => {
    const { say, cluster, other } = node();
    for (let slot = 0; slot < 8_192; slot++) cluster.assign(slot, other);
    cluster.follow(other);
    expect(say(`GET ${theirs}`)).toMatch(/^-MOVED/u);
    say("READONLY");
    expect(say(`GET ${theirs}`)).toBe("(nil)");
    expect(say(`SET ${theirs} 1`)).toMatch(/^-MOVED/u);
    expect(say("CLUSTER NODES")).toContain(`myself,slave ${OTHER}`);
  });
});

describe("CLUSTER", () => {
  it("assigns slots, all or none", () => {
    const { say, cluster } = node();
    expect(say("CLUSTER ADDSLOTS 1")).toBe("-ERR Slot 1 is already busy");
    expect(say("CLUSTER DELSLOTSRANGE 0 10 8 12")).toBe("-ERR Slot 8 specified multiple times");
    expect(say("CLUSTER DELSLOTSRANGE 10 5")).toBe("-ERR start slot number 10 is greater than end slot number 5");
    expect(say("CLUSTER ADDSLOTS 16384")).toBe("-ERR Invalid or out of range slot");
    expect(cluster.myself.slotCount).toBe(8_192);
    expect(say("CLUSTER DELSLOTS 0 5")).toBe("+OK");
    expect(cluster.rangesOf(cluster.myself)).toEqual([
      [1, 4],
      [6, 8_191],
    ]);
  });

  it("tells of keys in slots", () => {
    const { say } = node();
    say(`MSET {${mine}}1 a {${mine}}2 b`);
    expect(say(`CLUSTER COUNTKEYSINSLOT ${keySlot(mine)}`)).toBe(":2");
    expect(say(`CLUSTER GETKEYSINSLOT ${keySlot(mine)} 1`)).toHaveLength(1);
    expect(say("CLUSTER GETKEYSINSLOT 0 -1")).toBe("-ERR Invalid slot or number of keys");
  });

  it("counts what slots cost, and orders by it", () => {
    const { say } = node();
    say("CONFIG SET cluster-slot-stats-enabled yes");
    say.session.requestBytes = 30;
    say(`SET ${mine} value`);
    const [[slot, stats]] = say("CLUSTER SLOT-STATS ORDERBY network-bytes-out LIMIT 1") as [[string, string[]]];
    expect(slot).toBe(`:${keySlot(mine)}`);
    expect(stats).toEqual([
      "$key-count",
      ":1",
      "$cpu-usec",
      ":0",
      "$network-bytes-in",
      ":30",
      "$network-bytes-out",
      ":5",
    ]);
    expect(say("CLUSTER SLOT-STATS ORDERBY nothing")).toBe("-ERR Unrecognized sort metric for ORDERBY.");
  });

  it("forgets, and starts anew", () => {
    const { say, cluster } = node();
    expect(say(`CLUSTER FORGET ${cluster.myself.id}`)).toBe("-ERR I tried hard but I can't forget myself...");
    expect(say(`CLUSTER FORGET ${OTHER}`)).toBe("+OK");
    expect(cluster.slots.filter(owner => owner !== null)).toHaveLength(8_192);
    const before = cluster.myself.id;
    expect(say("CLUSTER RESET HARD")).toBe("+OK");
    expect(cluster.myself.id).not.toBe(before);
    expect(say("CLUSTER INFO")).toMatch(/cluster_slots_assigned:0\r\n.*cluster_known_nodes:1\r\n/su);
  });

  it("is refused where there is no cluster", () => {
    const say = talkTo(talk().engine);
    for (const line of ["CLUSTER NODES", "CLUSTER MYID", "CLUSTER KEYSLOT a"]) {
      expect(say(line)).toBe("-ERR This instance has cluster support disabled");
    }
  });
});
