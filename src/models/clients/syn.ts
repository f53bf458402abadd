// Packets that open a connection, as the client's kernel sends them: a SYN that is not answered, because it or its answer was
// lost or because the accept queue was full, comes again 1, 2, 3, 4, 5, 7, 11 … s after the first one (Linux 6.5 and later: four
// linear steps, then doubling; before: 1, 3, 7, 15 … s), until nobody believes in it any more.
//
// Source: Linux, Documentation/networking/ip-sysctl.rst (tcp_syn_linear_timeouts 4, tcp_syn_retries 6); RFC 6298 for the first
// second; measured in models/physics.md, 5.

import { NS_PER_SECOND } from "../../units.ts";

/** SYN, SYN-ACK and ACK: one-way trips until the server's kernel has a whole connection. */
export const TRIPS_TO_ESTABLISH = 3;

/** When it is sent again, in s after the first one. */
const AGAIN_S = [1, 2, 3, 4, 5, 7, 11, 19, 35, 67];

/** The kernel's own patience: as long again after the last one as it was after the one before, doubled. */
export const SYN_GIVE_UP_NS = 131 * NS_PER_SECOND;

/** How long until it is sent again, so long after the first one; null: it is not. */
export function nextSynNs(elapsedNs: number): number | null {
  const seconds = AGAIN_S.find(one => one * NS_PER_SECOND > elapsedNs);
  return seconds === undefined ? null : Math.round(seconds * NS_PER_SECOND - elapsedNs);
}
