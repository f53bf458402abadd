// The result's rows of client groups: what their libraries counted.

import type { Client } from "../models/client.ts";
import { giveUpNs } from "../models/clients/tcp-timers.ts";
import type { World } from "../models/world.ts";
import type { Result } from "../result.ts";
import { sure } from "./rounding.ts";
import { scaledCounts } from "./stands-for.ts";

export function clientRows(world: World): Result["clients"] {
  return world.clients.map(client => rowOf(client, world));
}

function rowOf(client: Client, world: World): Result["clients"][number] {
  const { config, counters, connections, breakers, budgets, login } = client;
  const { name, library, tcp, dnsTtlNs } = config;
  return {
    name,
    library,
    ...scaledCounts(world, {
      ...counters,
      connects: connections.dialer.attempts,
      connectFailures: connections.dialer.failures,
      idleClosed: connections.idleClosed,
      deadBorrowed: connections.deadBorrowed,
      rejected: breakers?.rejected ?? 0,
      retriesDenied: budgets?.denied ?? 0,
    }),
    givenUp: connections.tcp.gaveUp,
    silentSeconds: sure(connections.tcp.longestSilenceNs / 1e9),
    givesUpAfterSeconds: sure(giveUpNs(tcp, world.config.cluster.hardware.network.retransmitNs) / 1e9),
    refusedLogins: login?.refused ?? 0,
    firstRefusedSeconds: login?.firstRefusedNs == null ? null : sure(login.firstRefusedNs / 1e9),
    expiredConnections: login?.expired ?? 0,
    outdatedNames: client.outdatedNames,
    dnsTtlSeconds: Number.isFinite(dnsTtlNs) ? sure(dnsTtlNs / 1e9) : null,
  };
}
