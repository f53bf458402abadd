// A client group of a sample result, to whom nothing has happened.

import type { Result } from "../../src/result.ts";

export const IDLE_CLIENT: Result["clients"][number] = {
  name: "web",
  library: "generic",
  commands: 0,
  tries: 0,
  timeouts: 0,
  connectionErrors: 0,
  poolTimeouts: 0,
  retries: 0,
  redirects: 0,
  errorReplies: 0,
  hedges: 0,
  hedgesWon: 0,
  hedgesDenied: 0,
  connects: 0,
  connectFailures: 0,
  idleClosed: 0,
  deadBorrowed: 0,
  rejected: 0,
  retriesDenied: 0,
  givenUp: 0,
  silentSeconds: 0,
  givesUpAfterSeconds: 924.6,
  refusedLogins: 0,
  firstRefusedSeconds: null,
  expiredConnections: 0,
  outdatedNames: 0,
  dnsTtlSeconds: 5,
};
