// Connections that are opened for a command or two: the handshake costs many times what the command does, on both sides.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

/** Connections per command, and so many that it is no start-up. */
const WARNING = 0.2;
const LEAST = 1_000;

export const connectionChurn: Rule = {
  id: "connection-churn",
  find: ({ clients, simulatedSeconds }) => {
    const [worst] = clients
      .map(({ name, connects: dialled, connectFailures, tries }) => ({
        name,
        connects: dialled - connectFailures,
        tries,
      }))
      .sort((a, b) => b.connects / (b.tries + 1) - a.connects / (a.tries + 1));
    if (worst === undefined || worst.connects < LEAST || worst.connects < WARNING * worst.tries) return null;
    const { name, connects, tries } = worst;
    return {
      severity: "warning",
      title: "Connections are opened for hardly a command each",
      evidence: `${name} opened ${formatNumber(connects)} connections for ${formatNumber(tries)} tries of commands, ${formatNumber(connects / simulatedSeconds)} a second.`,
      remedy: "A pool of connections that are kept (pool.reuse, a longer pool.lifetime and pool.idleTimeout).",
    };
  },
};
