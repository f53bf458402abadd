// What memcached answers to `lru_crawler metadump all`: one item a line, then END
//   key=user%3A1 exp=1700003600 la=1700000000 cas=7 fetch=yes cls=3 size=134
// A dump says what a cache holds and not what it was asked for. Each item becomes one set, in the order of the dump, with
// the size of its value and the time to live that it had left when it was last used. It fills a cache with the real keys,
// sizes and TTLs; a hit-rate curve cannot be made of it.
//
// `size` is that of the whole item: header 48 bytes, cas 8, key and a zero byte, the value and two bytes of line end. Client
// flags add four bytes where they are used, which a dump does not say: they are taken as not used.

import { Fields } from "./fields.ts";
import { firstLines, type TraceFormat, type TraceReader } from "./format.ts";
import type { TraceIntake } from "./intake.ts";
import { Lines } from "./lines.ts";
import { TRACE_SET, UNKNOWN_SIZE } from "./trace.ts";

const SPACE = 32;
const ITEM_HEADER = 48 + 8;
const NONE = "-1";

export const keydump: TraceFormat = {
  name: "memcached-keydump",
  summary: "memcached's lru_crawler metadump: key=… exp=… la=… size=…",
  source: "memcached 1.6, crawler.c and items.c; checked against 1.6.18",
  rule: "each item is one set in the order of the dump; its TTL is what was left at its last use; there are no gets",
  tolerant: true,
  resolutionMs: 0,
  detect: head => {
    const [first = ""] = firstLines(head, 1);
    return first.startsWith("key=") && first.includes(" exp=") && first.includes(" la=");
  },
  read: intake => new KeydumpReader(intake),
};

class KeydumpReader implements TraceReader {
  private readonly fields = new Fields();
  private readonly lines: Lines;

  constructor(private readonly intake: TraceIntake) {
    this.lines = new Lines({
      line: (row, data, start, end) => {
        if (end > start) this.item(row, data, start, end);
      },
      tooLong: row => intake.problem(row, "is no item of a dump: it is too long"),
    });
  }

  push(chunk: Buffer): void {
    this.lines.push(chunk);
  }

  finish(): void {
    this.lines.finish();
    this.intake.end(this.lines.row);
  }

  private item(row: number, data: Buffer, start: number, end: number): void {
    const { fields, intake } = this;
    fields.split(data, start, end, SPACE);
    const given = new Map<string, string>();
    for (let i = 0; i < fields.count; i++) {
      const text = fields.text(i);
      const equals = text.indexOf("=");
      if (equals > 0) given.set(text.slice(0, equals), text.slice(equals + 1));
    }
    const coded = given.get("key");
    if (coded === undefined) {
      const text = data.toString("latin1", start, Math.min(end, start + 40));
      if (text !== "END") intake.problem(row, `«${text}» is no item of a dump`);
      return;
    }
    const key = coded.replace(/%([0-9A-Fa-f]{2})/gu, (_match, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    const [expires, used, size] = [given.get("exp"), given.get("la"), given.get("size")];
    const ttl = expires === undefined || expires === NONE ? 0 : Math.max(1, Number(expires) - Number(used ?? 0));
    const bytes = size === undefined ? UNKNOWN_SIZE : Number(size) - ITEM_HEADER - (key.length + 1) - 2;
    if (Number.isNaN(ttl) || Number.isNaN(bytes)) return intake.problem(row, "exp, la and size are whole numbers");
    intake.take(row, Number.NaN, key, TRACE_SET, Math.max(size === undefined ? UNKNOWN_SIZE : 0, bytes), ttl);
  }
}
