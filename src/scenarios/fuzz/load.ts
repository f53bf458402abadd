// Clients and workloads of a case: commands of one key and of several, WAIT, and the client's patience with silent hosts.

import { giveUpNs } from "../../models/clients/tcp-timers.ts";
import { DEFAULT_HARDWARE } from "../../models/config/hardware.ts";
import { NS_PER_SECOND } from "../../units.ts";
import type { Dice } from "./dice.ts";
import type { Shape } from "./topology.ts";

const RTO_NS = DEFAULT_HARDWARE.network.retransmitNs;

/** The group of clients, and after how long it gives up a silent host, in s. */
export function drawClient(dice: Dice, { isSingle }: Shape): { readonly client: object; readonly patience: number } {
  const multiplex = dice.rarely(2);
  const patience = drawPatience(dice, multiplex);
  const attempts = dice.whole(1, 4);
  const client = {
    name: "app",
    instances: dice.whole(1, 6),
    pool: { size: dice.whole(1, 8), multiplex },
    timeout: dice.oneOf("100ms", "200ms", "1s"),
    retry: attempts === 1 ? { attempts } : { attempts, backoff: "10ms..500ms" },
    dns: { ttl: "1s" },
    readFrom: dice.oneOf("primary", "replica", "nearest"),
    ...(isSingle ? {} : { multiKey: "split" }),
    ...patience.keys,
  };
  return { client, patience: patience.seconds };
}

/** What ends a connection to a host that has vanished, and after how long, in s. */
function drawPatience(dice: Dice, multiplex: boolean): { readonly keys: object; readonly seconds: number } {
  const seconds = dice.oneOf(1, 2, 5, 20);
  const retransmissions = dice.oneOf(4, 5, 7);
  const keepAlive = dice.oneOf(undefined, { idle: "2s", interval: "1s", probes: 3 });
  const means = multiplex ? dice.oneOf("user timeout", "retransmissions", "socket timeout") : "user timeout";
  const tcp = means === "user timeout" ? { userTimeout: `${seconds}s`, keepAlive } : { retransmissions, keepAlive };
  const socketTimeout = means === "socket timeout" ? { socketTimeout: `${seconds}s` } : {};
  const limits = { userTimeoutNs: means === "user timeout" ? seconds * NS_PER_SECOND : Infinity, retransmissions };
  return {
    keys: { tcp, ...socketTimeout },
    seconds: means === "socket timeout" ? seconds : giveUpNs({ ...limits, keepAlive: null }, RTO_NS) / NS_PER_SECOND,
  };
}

export function drawWorkloads(dice: Dice, shape: Shape): object[] {
  const { replicas } = shape;
  const several = dice.rarely(2) ? drawSeveralKeys(dice) : {};
  const values = {
    name: "values",
    commands: {
      "SET {key} {random}": dice.whole(2, 6),
      "GET {key}": dice.whole(1, 6),
      "DEL {key}": dice.oneOf(0.2, 1),
      ...several,
    },
    rate: dice.oneOf(40, 150, 300),
    keys: { count: dice.oneOf(20, 200, 1_000), popularity: dice.oneOf("uniform", "zipf(0.99)"), prefix: "v:" },
    preload: dice.oneOf("0%", "100%"),
    values: "100B",
    ...(replicas > 0 && dice.rarely(3) ? { wait: drawWait(dice, shape) } : {}),
  };
  const counters = {
    name: "counters",
    commands: { "INCR {key}": 1 },
    rate: 30,
    keys: { count: 20, popularity: "uniform", prefix: "n:" },
    ...(replicas > 0 && dice.rarely(4) ? { wait: drawWait(dice, shape) } : {}),
  };
  return [values, counters];
}

function drawSeveralKeys(dice: Dice): object {
  return {
    [`MGET {keys:${dice.whole(2, 8)}}`]: dice.whole(1, 2),
    [`MSET {pairs:${dice.whole(2, 4)}}`]: 1,
    [`UNLINK {keys:${dice.whole(2, 3)}}`]: 0.3,
  };
}

/** Where writes wait for a disk some of them take longer than any WAIT: that fails nobody. */
function drawWait(dice: Dice, { replicas, waitsForDisk }: Shape): object {
  const wait = { replicas: dice.whole(1, replicas), timeout: dice.oneOf("30ms", "80ms") };
  const tooFew = dice.oneOf("fail", "accept");
  return { ...wait, tooFew: waitsForDisk ? "accept" : tooFew };
}
