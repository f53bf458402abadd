// A library that goes on using a connection to a host that has vanished: nobody resets it, so commands go into the void until
// the kernel gives up, which takes a quarter of an hour where nothing else is set.

import { clientLibrary } from "../../catalog/client-libraries.ts";
import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

/** So long is no failover's fault. */
const WARNING_SECONDS = 5;
const CRITICAL_SECONDS = 30;

export const silentHost: Rule = {
  id: "silent-host",
  find: ({ clients }) => {
    const worst = [...clients].sort((a, b) => b.silentSeconds - a.silentSeconds)[0];
    if (worst === undefined || worst.silentSeconds < WARNING_SECONDS) return null;
    const { name, library, silentSeconds, givesUpAfterSeconds, timeouts } = worst;
    const advice = clientLibrary(library).advice?.["silent-host"];
    return {
      severity: silentSeconds >= CRITICAL_SECONDS ? "critical" : "warning",
      title: "A client keeps a connection to a host that has vanished",
      evidence: `${name} (${library}) sent into the void for ${formatNumber(silentSeconds)} s: nothing came back and nobody reset the connection. Its kernel gives up after ${formatNumber(givesUpAfterSeconds)} s; ${formatNumber(timeouts)} commands timed out.`,
      remedy:
        advice ??
        "TCP_USER_TIMEOUT of a few seconds (tcp.userTimeout), or tcp_retries2 of 5 to 8 on the clients' hosts.",
    };
  },
};
