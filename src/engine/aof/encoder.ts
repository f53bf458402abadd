// The append-only file as it grows: every change as the call that makes it again, in RESP, with a SELECT wherever the
// database is another one than before.

import type { Bytes } from "../bytes.ts";
import { encodeCommand } from "../resp/writer.ts";

export class AofEncoder {
  /** The database that the file has selected; -1 at the start of a file. */
  private selected = -1;
  private stampedAt = 0;

  /** A new file begins: it selects anew. */
  restart(): void {
    this.selected = -1;
  }

  /**
   * The bytes for one change. MULTI and EXEC belong to no database (-1). `seconds`: the time, for a file with
   * annotations of when things happened; null without.
   */
  encode(database: number, argv: readonly Bytes[], seconds: number | null = null): string {
    let out = "";
    if (seconds !== null && seconds > this.stampedAt) {
      this.stampedAt = seconds;
      out += timestamp(seconds);
    }
    if (database >= 0 && database !== this.selected) {
      out += encodeCommand(["SELECT", String(database)]);
      this.selected = database;
    }
    return out + encodeCommand(argv);
  }
}

/** The annotation that says when what follows happened. */
export function timestamp(seconds: number): string {
  return `#TS:${seconds}\r\n`;
}
