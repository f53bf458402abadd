// The engine beside a real memcached: the same commands, drawn at random, must get the same bytes back. Times are chosen so
// that a second more or less does not show, and nothing runs in the background: whether an item that was just asked for waits
// for its move from COLD to WARM decides whether incr writes in its place.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noMemcached, RealMemcached } from "./real-memcached.ts";
import { Talk } from "./talk.ts";

const KEYS = ["a", "b", "key:1", "k".repeat(250), "k".repeat(251)];
const key = fc.oneof({ weight: 12, arbitrary: fc.constantFrom("a", "b", "key:1") }, fc.constantFrom(...KEYS));
const number = fc.constantFrom(
  "0",
  "1",
  "5",
  "10",
  "99",
  "18446744073709551615",
  "18446744073709551616",
  "-1",
  "-18446744073709551615",
  "+7",
  "abc",
  "1x",
  "4294967295",
  "4294967296",
  "2147483648",
  "\t3",
);
const time = fc.oneof(
  { weight: 6, arbitrary: fc.constant("0") },
  fc.constantFrom("-1", "500", "1000", "2592000", "2592001", "4102444800", "x", "3000000000"),
);
const flags = fc.oneof(
  { weight: 4, arbitrary: fc.constant("0") },
  fc.constantFrom("1", "65535", "4294967295", "-1", "f"),
);
/** None of white space alone: the server looks for a number behind it, in what lay there before. */
const value = fc
  .oneof(
    fc.constantFrom("", "0", "1", "9", "99", "12 ", "abc", "18446744073709551615", "-5", "x".repeat(40)),
    fc.string({ maxLength: 12, unit: fc.constantFrom("a", "\r", "\n", "\0", "\xff", " ", "7") }),
  )
  .filter(text => text === "" || /[^\t-\r ]/u.test(text));
const noreply = fc.oneof({ weight: 5, arbitrary: fc.constant("") }, fc.constant(" noreply"));
const cas = fc.oneof(fc.nat({ max: 60 }).map(String), fc.constantFrom("0", "99999999999", "x"));

const storage = fc
  .tuple(fc.constantFrom("set", "set", "add", "replace", "append", "prepend"), key, flags, time, value, noreply)
  .map(([name, k, f, t, v, quiet]) => `${name} ${k} ${f} ${t} ${v.length}${quiet}\r\n${v}\r\n`);
const casCommand = fc
  .tuple(key, flags, time, value, cas, noreply)
  .map(([k, f, t, v, id, quiet]) => `cas ${k} ${f} ${t} ${v.length} ${id}${quiet}\r\n${v}\r\n`);
const gets = fc
  .tuple(fc.constantFrom("get", "gets", "bget"), fc.array(key, { minLength: 1, maxLength: 4 }))
  .map(([name, keys]) => `${name} ${keys.join(" ")}\r\n`);
const gats = fc
  .tuple(fc.constantFrom("gat", "gats"), time, fc.array(key, { maxLength: 3 }))
  .map(([name, t, keys]) => `${name} ${[t, ...keys].join(" ")}\r\n`);
const arithmetic = fc
  .tuple(fc.constantFrom("incr", "decr"), key, number, noreply)
  .map(([name, k, by, quiet]) => `${name} ${k} ${by}${quiet}\r\n`);
const others = fc.oneof(
  fc.tuple(key, fc.constantFrom("", " 0", " noreply", " 0 noreply", " 5")).map(([k, rest]) => `delete ${k}${rest}\r\n`),
  fc.tuple(key, time, noreply).map(([k, t, quiet]) => `touch ${k} ${t}${quiet}\r\n`),
  fc.constantFrom(
    "flush_all\r\n",
    "flush_all 0\r\n",
    "flush_all noreply\r\n",
    "flush_all x\r\n",
    "version\r\n",
    "verbosity 0\r\n",
    "verbosity\r\n",
    "verbosity x\r\n",
    "get\r\n",
    "set a\r\n",
    "foo bar\r\n",
    "\r\n",
    "\n",
    "g\r\n",
    " get  a \r\n",
    "get a\n",
    "GET a\r\n",
    "stats foo\r\n",
    "stats detail\r\n",
    "slabs reassign 1 1\r\n",
    "slabs reassign 1 99\r\n",
    "slabs reassign x 1\r\n",
    "slabs automove 3\r\n",
    "slabs\r\n",
    "lru\r\n",
    "lru mode round\r\n",
    "lru tune 50 40 1 1\r\n",
    "lru_crawler sleep 2000000\r\n",
    "lru_crawler foo\r\n",
    "lru_crawler crawl 200\r\n",
    "cache_memlimit 4\r\n",
    "cache_memlimit x\r\n",
    "shutdown\r\n",
    "mx a\r\n",
    "config get cluster\r\n",
    "get a\0b\r\n",
    "incr a\r\n",
    "touch a\r\n",
    "set a 0 0 -1\r\n",
    "me\r\n",
    "me a b\r\n",
    "ms a\r\n",
    "ms a x\r\n",
    "mg\r\n",
  ),
);
const binaryKey = fc.constantFrom("a2V5", "YQ==", "YWI=", "!!!!", "a===", "YQ");
const opaque = fc.constantFrom("Oabc", "O", `O${"9".repeat(31)}`, `O${"9".repeat(32)}`);
const metaFlag = fc.oneof(
  fc.constantFrom("t", "c", "f", "l", "h", "k", "s", "v", "q", "u", "I", "b", "x", "S", "MI", "MD", "ME", "MA", "MP"),
  fc.constantFrom(
    "MR",
    "MS",
    "M+",
    "M-",
    "M",
    "MX",
    "N0",
    "N500",
    "T0",
    "T500",
    "T-1",
    "Tx",
    "R30",
    "R1000",
    "J10",
    "D5",
  ),
  fc.constantFrom("Dx", "F5", "Fx", "J", "E1"),
  cas.map(id => `C${id}`),
  opaque,
);
const metaFlags = fc.array(metaFlag, { maxLength: 6 });
const metaKey = fc.oneof({ weight: 6, arbitrary: key }, binaryKey);
const meta = fc
  .tuple(fc.constantFrom("mg", "md", "ma", "mg", "me"), metaKey, metaFlags)
  .map(([name, k, given]) => `${[name, k, ...given].join(" ")}\r\n`);
const metaSet = fc
  .tuple(metaKey, value, metaFlags)
  .map(([k, v, given]) => `${["ms", k, v.length, ...given].join(" ")}\r\n${v}\r\n`);
const badData = fc
  .tuple(fc.constantFrom("a", "b"), value, fc.constantFrom("set", "add"))
  .map(([k, v, name]) => `${name} ${k} 0 0 ${v.length}\r\n${v}zz`);

const command = fc.oneof(
  { weight: 5, arbitrary: storage },
  { weight: 2, arbitrary: casCommand },
  { weight: 4, arbitrary: gets },
  { weight: 1, arbitrary: gats },
  { weight: 3, arbitrary: arithmetic },
  { weight: 3, arbitrary: others },
  { weight: 5, arbitrary: meta },
  { weight: 4, arbitrary: metaSet },
  { weight: 1, arbitrary: badData },
);

/** Seconds since something are 0 or 1 by chance; seconds that are left are a round number or one less. */
function tidy(reply: string): string {
  return reply
    .replace(/ l\d(?= |\r)/gu, " l0")
    .replace(/la=\d /gu, "la=0 ")
    .replace(/ t(\d+)/gu, (_, left) => ` t${Math.round(Number(left) / 10)}`)
    .replace(/exp=-(\d+) /gu, (_, left) => `exp=-${Math.round(Number(left) / 10)} `);
}

describe.skipIf(noMemcached !== null)(`beside memcached (${noMemcached ?? "installed"})`, () => {
  let real: RealMemcached;
  const engine = new Talk({ lruMaintainer: false, lruSegmented: false, lruCrawler: false }, Date.now());
  beforeAll(async () => {
    real = await RealMemcached.start("-m", "64", "-o", "no_lru_maintainer,no_lru_crawler");
  });
  afterAll(() => real?.stop());

  it("the same commands get the same answers", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 30 }), async commands => {
        for (const text of commands) {
          const expected = await real.ask(text);
          engine.store.setTime(Math.max(engine.store.nowMs, Date.now()));
          const got = engine.ask(text);
          expect({ text, reply: tidy(got), closed: engine.closed }).toEqual({
            text,
            reply: tidy(expected),
            closed: real.closed,
          });
          if (!real.closed) continue;
          await real.reconnect();
          engine.reconnect();
        }
        await real.ask("flush_all\r\n");
        engine.ask("flush_all\r\n");
      }),
      { numRuns: 150, endOnFailure: true },
    );
  }, 30_000);
});
