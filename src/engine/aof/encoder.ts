// The append-only file as it grows: every change as the call that makes it again, in RESP, with a SELECT wherever the
// database is another one than before.

import { type Bytes, textOf } from "../bytes.ts";

/** One call as an array of bulk strings. */
export function encodeCall(argv: readonly Bytes[]): string {
  let out = `*${argv.length}\r\n`;
  for (const argument of argv) {
    const text = textOf(argument);
    out += `$${text.length}\r\n${text}\r\n`;
  }
  return out;
}

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
      out += encodeCall(["SELECT", String(database)]);
      this.selected = database;
    }
    return out + encodeCall(argv);
  }
}

/** The annotation that says when what follows happened. */
export function timestamp(seconds: number): string {
  return `#TS:${seconds}\r\n`;
}
