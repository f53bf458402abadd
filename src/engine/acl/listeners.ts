// Connections that listen to channels which their user may no longer use are closed when its rules change.

import type { Engine } from "../engine.ts";
import type { Session } from "../session.ts";
import { channelListed } from "./selector.ts";
import type { User } from "./user.ts";

/** Closes the connections of a user that listen to more than its new rules allow. */
export function killListeners(engine: Engine, next: User, before: User): void {
  const allowed = narrowed(next, before);
  if (allowed === null) return;
  for (const session of [...engine.sessions.values()]) {
    if (session.user === before.name && listensBeyond(session, allowed)) closeConnection(engine, session);
  }
}

/** The channels that are left when something was taken away; null when nothing was. */
function narrowed(next: User, before: User): string[] | null {
  if (next.selectors.some(({ allChannels }) => allChannels)) return null;
  const allowed = next.selectors.flatMap(({ channels }) => channels);
  const kept = before.selectors.every(
    ({ allChannels, channels }) => !allChannels && channels.every(channel => allowed.includes(channel)),
  );
  return kept ? null : allowed;
}

function listensBeyond({ subscriptions }: Session, allowed: readonly string[]): boolean {
  if (subscriptions === null) return false;
  const { channels, patterns, shardChannels } = subscriptions;
  return (
    [...patterns].some(pattern => !channelListed(allowed, pattern, true)) ||
    [...channels, ...shardChannels].some(channel => !channelListed(allowed, channel, false))
  );
}

/** Closes a connection from the server's side; the one whose call runs gets its reply first. */
export function closeConnection(engine: Engine, session: Session): void {
  if (session === engine.currentSession) session.closing = true;
  else session.onKill?.();
}
