import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesFromUtf8, textOf, utf8FromBytes, VirtualBytes } from "../../src/engine/bytes.ts";
import { formatDouble } from "../../src/engine/numbers.ts";
import {
  BigNumber,
  BlockedReply,
  bulkBytes,
  commandBytes,
  Double,
  ErrorReply,
  MapReply,
  NULL_ARRAY,
  NullArrayReply,
  Push,
  type Reply,
  replyBytes,
  SetReply,
  Several,
  Status,
  Verbatim,
  WithAttributes,
} from "../../src/engine/reply.ts";
import { encodeCall } from "./wire.ts";

const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;

/** The protocol written out, as the specification of RESP2 and RESP3 has it. */
function encode(reply: Reply, resp: 2 | 3): string {
  if (reply === null) return resp === 3 ? "_\r\n" : "$-1\r\n";
  if (typeof reply === "string" || reply instanceof VirtualBytes) return bulk(textOf(reply));
  if (typeof reply === "number" || typeof reply === "bigint") return `:${reply}\r\n`;
  if (typeof reply === "boolean") return resp === 3 ? `#${reply ? "t" : "f"}\r\n` : `:${reply ? 1 : 0}\r\n`;
  if (reply instanceof Status) return `+${reply.text}\r\n`;
  if (reply instanceof ErrorReply) return `-${reply.text}\r\n`;
  if (reply instanceof Double)
    return resp === 3 ? `,${formatDouble(reply.value)}\r\n` : bulk(formatDouble(reply.value));
  if (reply instanceof Verbatim) {
    return resp === 3 ? `=${reply.text.length + 4}\r\ntxt:${reply.text}\r\n` : bulk(reply.text);
  }
  if (reply instanceof NullArrayReply) return resp === 3 ? "_\r\n" : "*-1\r\n";
  if (reply instanceof MapReply) {
    const head = resp === 3 ? `%${reply.items.length / 2}` : `*${reply.items.length}`;
    return `${head}\r\n${reply.items.map(item => encode(item, resp)).join("")}`;
  }
  if (reply instanceof SetReply) {
    return `${resp === 3 ? "~" : "*"}${reply.items.length}\r\n${reply.items.map(item => encode(item, resp)).join("")}`;
  }
  if (reply instanceof BigNumber) return resp === 3 ? `(${reply.digits}\r\n` : bulk(reply.digits);
  if (
    reply instanceof BlockedReply ||
    reply instanceof Push ||
    reply instanceof Several ||
    reply instanceof WithAttributes
  )
    throw new Error("not among the replies here");
  return `*${reply.length}\r\n${reply.map(item => encode(item, resp)).join("")}`;
}

const text = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.nat(120_000).map(length => "x".repeat(length)),
);
const anyReply = fc.letrec<{ reply: Reply }>(tie => {
  const many = fc.array(tie("reply"), { maxLength: 14 });
  return {
    reply: fc.oneof(
      { maxDepth: 2 },
      text,
      fc.integer(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }),
      fc.constantFrom<Reply>(null, true, false, NULL_ARRAY),
      fc.constantFrom<Reply>(new Status("OK"), new ErrorReply("ERR no"), new Double(1.5), new Double(-1e300)),
      fc.nat(2_000).map(length => new VirtualBytes(length, 1)),
      text.map(one => new Verbatim(one)),
      many,
      many.map(items => new SetReply(items)),
      many.map(items => new MapReply(items.flatMap(item => ["k", item]))),
    ),
  };
}).reply;

describe("replyBytes(reply, resp)", () => {
  it("is the length of the reply on the wire, in both protocol versions", () => {
    fc.assert(
      fc.property(anyReply, fc.constantFrom<2 | 3>(2, 3), (reply, resp) => {
        expect(replyBytes(reply, resp)).toBe(encode(reply, resp).length);
      }),
      { seed: 1, numRuns: 1_000 },
    );
  });

  it("bulkBytes(length) and commandBytes(argv) are those of bulk strings and calls", () => {
    for (const length of [0, 9, 10, 99, 100, 999, 1_000, 9_999, 10_000, 123_456]) {
      expect(bulkBytes(length)).toBe(bulk("x".repeat(length)).length);
    }
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 12 }), argv => {
        expect(commandBytes(argv)).toBe(encodeCall(argv).length);
        if (argv.length > 1) expect(commandBytes(argv, argv[1].length)).toBe(encodeCall(argv).length);
      }),
      { seed: 2 },
    );
  });
});

describe("ErrorReply", () => {
  it.each([
    ["ERR syntax error", "ERR"],
    ["MOVED 1 127.0.0.1:6379", "MOVED"],
    ["EXECABORT", "EXECABORT"],
  ])("%j has the code %s", (message, code) => {
    expect(new ErrorReply(message).code).toBe(code);
  });
});

describe("byte strings", () => {
  it("bytesFromUtf8 and utf8FromBytes take ordinary text there and back, a byte per character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), ordinary => {
        const bytes = bytesFromUtf8(ordinary);
        expect(utf8FromBytes(bytes)).toBe(ordinary);
        expect(bytes).toHaveLength(new TextEncoder().encode(ordinary).length);
      }),
      { seed: 3 },
    );
  });
});
