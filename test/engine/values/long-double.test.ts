import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addLongDoubles, formatLongDouble, parseLongDouble } from "../../../src/engine/values/long-double.ts";
import { talk } from "../harness.ts";
import { type Client, noServer, type RealServer, startServer } from "../real-server.ts";

/** What INCRBYFLOAT shows for this sum, null where it refuses. */
function sum(left: string, right: string): string | null {
  const [a, b] = [parseLongDouble(left), parseLongDouble(right)];
  if (a === null || b === null) return null;
  const total = addLongDoubles(a, b);
  return total === null ? null : formatLongDouble(total);
}

describe("sums of long doubles", () => {
  it.each([
    ["0.1", "0.2", "0.3"],
    ["3.0e3", "200", "3200"],
    ["10.50", "0.1", "10.6"],
    ["5.0e3", "2.0e2", "5200"],
    ["5.0e-324", "0", "0"],
    ["1e-17", "0", "0.00000000000000001"],
    ["1e-18", "0", "0"],
    ["6e-18", "0", "0.00000000000000001"],
    ["-1e-18", "0", "0"],
    ["-0.0", "0", "0"],
    ["1", "-1.1", "-0.1"],
    ["1e9", "0.1", "1000000000.09999999997671694"],
    ["9223372036854775807", "1", "9223372036854775808"],
    ["18446744073709551615", "1", "18446744073709551616"],
    ["18446744073709551616", "1", "18446744073709551616"],
    ["1e20", "1", "100000000000000000000"],
    ["0x1p3", "0x.8", "8.5"],
    ["-0X1.8P1", "+3", "0"],
    ["1e4931", "-1e4931", "0"],
  ])("%s + %s is %s", (left, right, expected) => {
    expect(sum(left, right)).toBe(expected);
  });

  it.each([
    ["1e4932", "1e4932"],
    ["inf", "1"],
    ["inf", "-inf"],
    ["-Infinity", "0"],
  ])("%s + %s is not finite", (left, right) => {
    expect(parseLongDouble(left)).not.toBeNull();
    expect(parseLongDouble(right)).not.toBeNull();
    expect(sum(left, right)).toBeNull();
  });

  it.each([
    ...[
      "",
      " 1",
      "1 ",
      "nan",
      "1e",
      ".",
      "e5",
      "0x",
      "0x1p",
      "1_0",
      "1,0",
      "--1",
      "+-1",
      "infinit",
      "1e5000",
      "1e-4951",
    ],
    ...["1e99999999999", "1e-99999999999", `1${"0".repeat(5_119)}`],
  ])("%s is no long double", text => {
    expect(parseLongDouble(text)).toBeNull();
  });

  it.each(["1e-4950", "1.1e4932", "0e99999999999", `0.${"0".repeat(4_000)}1e4000`, "1e+3", ".5", "5.", "+7"])(
    "%s is one",
    text => {
      expect(parseLongDouble(text)).not.toBeNull();
    },
  );

  it("of decimals lie within the last bits of the exact sum", () => {
    const millionths = fc.integer({ min: -(10 ** 15), max: 10 ** 15 }).map(BigInt);
    /** Value in units of the seventeenth decimal. */
    const units = (text: string) => {
      const [whole, fraction = ""] = text.split(".");
      return BigInt(whole + fraction.padEnd(17, "0"));
    };
    fc.assert(
      fc.property(millionths, millionths, (a, b) => {
        const shown = sum(`${a}e-6`, `${b}e-6`)!;
        const difference = units(shown) - (a + b) * 10n ** 11n;
        const magnitude = (a < 0n ? -a : a) + (b < 0n ? -b : b);
        const lastBits = ((magnitude * 10n ** 11n) >> 63n) + 1n;
        expect(difference <= lastBits && difference >= -lastBits).toBe(true);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it("do not depend on the order, and a number shown reads back to what is shown again", () => {
    const decimal = fc
      .tuple(fc.integer(), fc.nat(999_999_999), fc.integer({ min: -30, max: 30 }))
      .map(([a, b, e]) => `${a}.${b}e${e}`);
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        expect(sum(a, b)).toBe(sum(b, a));
        const shown = sum(a, "0")!;
        expect(sum(shown, "0")).toBe(shown);
      }),
      { seed: 2, numRuns: 1_000 },
    );
  });
});

if (noServer !== null) console.log(`INCRBYFLOAT is not compared: ${noServer}`);

describe.skipIf(noServer !== null)("INCRBYFLOAT of redis-server", () => {
  let server: RealServer;
  let client: Client;

  beforeAll(async () => {
    server = await startServer();
    client = await server.connect();
  });

  afterAll(async () => {
    client?.close();
    await server?.stop();
  });

  it("answers the same for random decimals of every size, in texts of every kind", async () => {
    const plain = fc.tuple(fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }), fc.nat(20)).map(([digits, places]) => {
      const padded = (digits < 0n ? -digits : digits).toString().padStart(places + 1, "0");
      const cut = padded.length - places;
      return `${digits < 0n ? "-" : ""}${padded.slice(0, cut)}${places === 0 ? "" : `.${padded.slice(cut)}`}`;
    });
    const scientific = fc.tuple(
      plain,
      fc.oneof(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -4_990, max: 4_950 })),
    );
    const hexDigit = fc.constantFrom(..."0123456789abcdefABCDEF");
    const hex = fc.tuple(
      fc.string({ unit: hexDigit, minLength: 1, maxLength: 20 }),
      fc.string({ unit: hexDigit, maxLength: 5 }),
      fc.integer({ min: -90, max: 90 }),
    );
    const number = fc.oneof(
      { weight: 4, arbitrary: plain },
      { weight: 3, arbitrary: scientific.map(([text, exponent]) => `${text}e${exponent}`) },
      { weight: 1, arbitrary: hex.map(([whole, part, exponent]) => `0x${whole}.${part}p${exponent}`) },
      { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
      { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(..."0123456789.e+-xp in"), maxLength: 8 }) },
    );
    const pairs = fc.sample(fc.tuple(number, number), { seed: 3, numRuns: 4_000 });
    const calls = pairs.flatMap(([a, b]) => [
      ["SET", "k", a],
      ["INCRBYFLOAT", "k", b],
    ]);
    const real = await client.pipeline(calls);
    const ours = talk();
    const wrong = calls.flatMap(([name, ...rest], i) => {
      const mine = ours(name, ...rest);
      return mine === real[i] ? [] : [{ value: calls[i - 1][2], by: calls[i][2], real: real[i], mine }];
    });
    expect(wrong).toEqual([]);
  });
});
