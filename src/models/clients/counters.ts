// What a client group counts.

export class ClientCounters {
  /** Commands, and tries of them: the first and all that follow. */
  commands = 0;
  tries = 0;
  timeouts = 0;
  connectionErrors = 0;
  poolTimeouts = 0;
  retries = 0;
  redirects = 0;
  errorReplies = 0;
  /** Reads that were sent a second time, whose second copy was answered first, and that could not be for want of budget. */
  hedges = 0;
  hedgesWon = 0;
  hedgesDenied = 0;
}
