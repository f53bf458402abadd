// What DEBUG can turn off and on for tests.

export class DebugSwitches {
  /** The periodic work stands still (DEBUG PAUSE-CRON). */
  cronPaused = false;
  /** Hash tables of databases may grow and shrink (DEBUG DICT-RESIZING). */
  resizesTables = true;
  /** Scripts may call what they may not otherwise (DEBUG SET-DISABLE-DENY-SCRIPTS). */
  scriptsMayCallAll = false;
  /** How long a connection's reply buffer remembers its peak, in ms; null: for ever (DEBUG REPLYBUFFER). */
  replyBufferPeakMs: number | null = REPLY_BUFFER_PEAK_MS;
  replyBufferResizes = true;
}

export const REPLY_BUFFER_PEAK_MS = 5_000;
