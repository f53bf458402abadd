// The building blocks of snapshots: checksums, compression, lengths and strings, listpacks and intsets.

import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LISTPACK_OVERHEAD, listpackEntryBytes } from "../../../src/engine/memory/listpack.ts";
import { ByteReader, Damaged } from "../../../src/engine/rdb/byte-reader.ts";
import { ByteWriter } from "../../../src/engine/rdb/byte-writer.ts";
import { Crc64, crc64 } from "../../../src/engine/rdb/crc64.ts";
import { intsetOf, readIntset } from "../../../src/engine/rdb/intset.ts";
import { listpackOf, readListpack, readListpackTexts } from "../../../src/engine/rdb/listpack.ts";
import { lzfCompress, lzfDecompress } from "../../../src/engine/rdb/lzf.ts";
import { sha1 } from "../../../src/engine/rdb/sha1.ts";
import { readLength64, readString, writeLength, writeString } from "../../../src/engine/rdb/strings.ts";
import { readZiplist, readZipmap } from "../../../src/engine/rdb/ziplist.ts";
import { Intset } from "../../../src/engine/values/intset.ts";

const bytes = (options: { maxLength: number }) => fc.uint8Array(options).map(array => Buffer.from(array));
/** Bytes with repetitions, so that there is something to compress. */
const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.nat(30)), { maxLength: 12 })
  .map(parts => Buffer.concat(parts.flatMap(([part, times]) => new Array(times).fill(Buffer.from(part)))));
const anyText = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  bytes({ maxLength: 100 }).map(one => one.toString("latin1")),
  fc.nat(5_000).map(length => "x".repeat(length)),
);

describe("checksums", () => {
  it("CRC-64 of Jones: the value that its literature gives", () => {
    const crc = Buffer.from(crc64(Buffer.from("123456789")));
    expect(crc.readBigUInt64LE(0)).toBe(0xe9c6d914c4b8d9can);
  });

  it("is the same however the bytes are cut", () => {
    fc.assert(
      fc.property(bytes({ maxLength: 200 }), fc.nat(200), (data, at) => {
        const crc = new Crc64();
        crc.update(data.subarray(0, at));
        crc.update(data.subarray(at));
        expect(crc.digest()).toEqual(crc64(data));
      }),
    );
  });

  it("SHA-1 as node computes it", () => {
    fc.assert(
      fc.property(bytes({ maxLength: 300 }), data => {
        const ours = new Uint8Array(20);
        sha1(data, data.length, ours);
        expect(Buffer.from(ours).toString("hex")).toBe(createHash("sha1").update(data).digest("hex"));
      }),
    );
  });
});

describe("LZF", () => {
  const compress = (data: Buffer): Buffer | null => {
    const output = Buffer.alloc(data.length + 8);
    const length = lzfCompress(data, data.length, output, data.length - 4);
    return length === 0 ? null : output.subarray(0, length);
  };

  it("gives back what went in", () => {
    fc.assert(
      fc.property(repetitive, data => {
        if (data.length <= 4) return;
        const packed = compress(data);
        if (packed === null) return;
        expect(packed.length).toBeLessThanOrEqual(data.length - 4);
        expect(Buffer.compare(Buffer.from(lzfDecompress(packed, data.length)!), data)).toBe(0);
      }),
    );
  });

  it("does not depend on what was compressed before", () => {
    const data = Buffer.from("abcabcabcabcabcabcabcabc-abcabcabc");
    const first = compress(data)!.toString("hex");
    for (let i = 0; i < 50; i++) compress(Buffer.from(`abc${i}`.repeat(20)));
    expect(compress(data)!.toString("hex")).toBe(first);
  });

  it("refuses damaged data, and lengths that cannot be, without setting memory aside", () => {
    fc.assert(
      fc.property(bytes({ maxLength: 60 }), fc.nat(10_000), (data, length) => {
        const out = lzfDecompress(data, length);
        if (out !== null) expect(out.length).toBe(length);
      }),
    );
    expect(lzfDecompress(Buffer.from([0x20, 0x00]), 2 ** 40)).toBeNull();
  });
});

describe("lengths and strings", () => {
  it("come back as they went", () => {
    const length = fc.oneof(fc.nat(), fc.nat(20_000), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
    fc.assert(
      fc.property(length, fc.array(anyText, { maxLength: 5 }), fc.boolean(), (given, texts, compress) => {
        const writer = new ByteWriter();
        writeLength(writer, given);
        for (const text of texts) writeString(writer, text, compress);
        const reader = new ByteReader(writer.result());
        expect(BigInt(readLength64(reader))).toBe(BigInt(given));
        for (const text of texts) expect(readString(reader)).toBe(text);
        expect(reader.atEnd).toBe(true);
      }),
    );
  });

  it("are the same out of chunks of any size", () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), (texts, size) => {
        const writer = new ByteWriter();
        for (const text of texts) writeString(writer, text, true);
        const whole = Buffer.from(writer.result());
        const chunks: Buffer[] = [];
        for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size));
        const reader = new ByteReader(chunks);
        reader.startChecksum();
        for (const text of texts) expect(readString(reader)).toBe(text);
        expect(reader.position).toBe(whole.length);
        expect(reader.checksum()).toEqual(crc64(whole));
      }),
    );
  });

  it("a length that nobody delivers is an end of data", () => {
    const writer = new ByteWriter();
    writeLength(writer, 2 ** 45);
    expect(() => readString(new ByteReader(writer.result()))).toThrow(Damaged);
  });
});

describe("listpacks", () => {
  it("come back as they went, and are as long as the memory model says", () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 40 }), texts => {
        const packed = Buffer.from(listpackOf(texts));
        expect(readListpackTexts(packed)).toEqual(texts);
        const expected = texts.reduce((sum, text) => sum + listpackEntryBytes(text), LISTPACK_OVERHEAD);
        expect(packed.length).toBe(expected);
      }),
    );
  });

  it("integers of every width", () => {
    const edges = [0, 127, 128, -1, 4_095, -4_096, 4_096, 32_767, -32_768, 8_388_607, -8_388_608, 2 ** 31 - 1, 2 ** 31];
    const values = [...edges, -(2 ** 31), -(2 ** 31) - 1, 2n ** 63n - 1n, -(2n ** 63n)];
    expect(readListpack(Buffer.from(listpackOf(values)))).toEqual(values);
  });

  it("more elements than the head can count", () => {
    const many = Array.from({ length: 70_000 }, (_, i) => String(i % 100));
    expect(readListpackTexts(Buffer.from(listpackOf(many)))).toEqual(many);
  });
});

describe("any bytes at all are elements or damage", () => {
  const readers: Readonly<Record<string, (data: Buffer) => unknown>> = {
    listpack: readListpack,
    intset: readIntset,
    ziplist: readZiplist,
    zipmap: readZipmap,
  };
  for (const [name, read] of Object.entries(readers)) {
    it(name, () => {
      const valid = fc
        .array(anyText, { maxLength: 12 })
        .map(texts => Buffer.from(listpackOf(texts)))
        .chain(packed => fc.tuple(fc.constant(packed), fc.nat(packed.length - 1), fc.nat(255)))
        .map(([packed, at, value]) => {
          packed[at] = value;
          return packed;
        });
      fc.assert(
        fc.property(fc.oneof(bytes({ maxLength: 60 }), valid), data => {
          try {
            read(data);
          } catch (error) {
            expect(error).toBeInstanceOf(Damaged);
          }
        }),
        { numRuns: 500 },
      );
    });
  }
});

describe("intsets", () => {
  it("keep their width", () => {
    const set = new Intset();
    for (const value of [5, -3, 70_000]) set.add(value);
    set.delete(70_000);
    expect(readIntset(intsetOf(set))).toEqual({ width: 4, members: [-3, 5] });
  });
});
