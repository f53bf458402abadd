// Clients that go by an answer of the DNS which does not hold any more: they connect to a node that is not the primary, or is
// nobody, for as long as they keep the answer.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

/** AWS advises 5 to 10 s. */
const ADVISED_SECONDS = 10;

export const outdatedName: Rule = {
  id: "outdated-name",
  find: ({ clients }) => {
    const late = clients.filter(
      ({ outdatedNames, dnsTtlSeconds }) =>
        outdatedNames > 0 && (dnsTtlSeconds === null || dnsTtlSeconds > ADVISED_SECONDS),
    );
    const worst = [...late].sort((a, b) => b.outdatedNames - a.outdatedNames)[0];
    if (worst === undefined) return null;
    const { name, outdatedNames, dnsTtlSeconds, library } = worst;
    const isJava = library.startsWith("lettuce") || library === "jedis";
    const kept = dnsTtlSeconds === null ? "for ever" : `for ${formatNumber(dnsTtlSeconds)} s`;
    return {
      severity: dnsTtlSeconds === null ? "critical" : "warning",
      title: "A failover changed the endpoint's name, and clients go by the old answer",
      evidence: `${name} keeps DNS answers ${kept}: ${formatNumber(outdatedNames)} times it went where the primary endpoint does not lead any more.`,
      remedy: isJava
        ? "networkaddress.cache.ttl=5 in java.security (or Security.setProperty); with -1 the JVM keeps answers for ever."
        : "Keep DNS answers for 5 to 10 s, as AWS advises.",
    };
  },
};
