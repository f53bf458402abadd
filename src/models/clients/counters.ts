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
}
