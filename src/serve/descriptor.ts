// File descriptors of sockets, where the platform has them.

import type { Server, Socket } from "node:net";

/** The descriptor of a socket or a listener; null where the platform shows none. */
export function descriptorOf(owner: Socket | Server): number | null {
  const { _handle: handle } = owner as unknown as { _handle?: { fd?: number } | null };
  const descriptor = handle?.fd ?? -1;
  return descriptor >= 0 ? descriptor : null;
}
