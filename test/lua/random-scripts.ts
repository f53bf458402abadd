// Random scripts that send values through the added libraries and through printf, and return all that came out.

import fc from "fast-check";

const HEX =
  "local function hex(s) return (string.gsub(s, '.', function(c) return string.format('%02x', string.byte(c)) end)) end ";

/** A byte string as a Lua literal. */
function quoted(bytes: readonly number[]): string {
  return `'${bytes.map(byte => `\\${String(byte).padStart(3, "0")}`).join("")}'`;
}

const bytes = fc.array(fc.oneof(fc.integer({ min: 32, max: 126 }), fc.integer({ min: 0, max: 255 })), {
  maxLength: 12,
});
const text = bytes.map(quoted);
const finite = fc.oneof(
  fc.integer({ min: -1_000, max: 1_000 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, 0.5, 1.5, 2.5, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 40, 2 ** 53, 2 ** 62, 2 ** 63, 1e300, 1e-300),
  fc.integer({ min: 0, max: 2 ** 52 }).map(n => n + 0.5),
);

/** A number as a Lua expression that reads back exactly. */
function numberText(value: number): string {
  return Object.is(value, -0)
    ? "-0"
    : value < 0
      ? `(-${numberText(-value)})`
      : value.toExponential(17).replace("e+", "e");
}

const number = finite.map(numberText);

const { value } = fc.letrec<{ value: string; table: string }>(tie => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    number,
    text,
    fc.constantFrom("true", "false", "cjson.null"),
    tie("table"),
  ),
  table: fc.oneof(
    fc.array(tie("value"), { maxLength: 5 }).map(items => `{${items.join(",")}}`),
    // One entry: with more their order would be the tables' own business, compared elsewhere.
    fc.tuple(text, tie("value")).map(([key, item]) => `{[${key}]=${item}}`),
  ),
}));

const json = value.map(one => `local v = ${one} local t = cjson.encode(v) return {t, cjson.encode(cjson.decode(t))}`);
const decoded = bytes.map(one => `local ok, r = pcall(cjson.decode, ${quoted(one)}) return {tostring(ok), type(r), r}`);
const jsonish = fc
  .array(
    fc.constantFrom(
      "[",
      "]",
      "{",
      "}",
      ",",
      ":",
      '"a"',
      "1",
      "-",
      "0",
      ".5",
      "e3",
      "true",
      "null",
      "nan",
      " ",
      "\\u0041",
    ),
    {
      maxLength: 8,
    },
  )
  .map(
    parts => `local ok, r = pcall(cjson.decode, '${parts.join("")}') return {tostring(ok), type(r), cjson.encode(r)}`,
  );

const packed = fc
  .array(value, { minLength: 1, maxLength: 4 })
  .map(
    items =>
      `${HEX}local p = cmsgpack.pack(${items.join(",")}) return {hex(p), hex(cmsgpack.pack(cmsgpack.unpack(p)))}`,
  );
const unpacked = bytes.map(
  one => `local r = {pcall(cmsgpack.unpack, ${quoted(one)})} r[1] = tostring(r[1]) return cjson.encode(r)`,
);

const option = fc.constantFrom(
  "b",
  "B",
  "h",
  "H",
  "i",
  "I",
  "l",
  "L",
  "i3",
  "I5",
  "i8",
  "f",
  "d",
  "s",
  "c0",
  "c3",
  "x",
  "<",
  ">",
  "!4",
  "!",
);
const structured = fc
  .tuple(fc.array(option, { maxLength: 6 }), fc.array(fc.oneof(number, text), { maxLength: 6 }))
  .map(
    ([options, items]) =>
      `${HEX}local r = {pcall(struct.pack, '${options.join("")}'${items.map(one => `,${one}`).join("")})} if r[1] then r[2] = hex(r[2]) end return cjson.encode({tostring(r[1]), r[2]})`,
  );
const unstructured = fc
  .tuple(fc.array(option, { maxLength: 4 }), bytes)
  .map(
    ([options, data]) =>
      `local r = {pcall(struct.unpack, '${options.join("")}', ${quoted(data)})} for i = 1, #r do r[i] = tostring(r[i]) end return r`,
  );

const spec = fc
  .tuple(
    fc.constantFrom("", "-", "0", "+", " ", "#", "-0", "+0"),
    fc.constantFrom("", "5", "12", "20"),
    fc.constantFrom("", ".0", ".3", ".12", "."),
    fc.constantFrom("d", "i", "u", "x", "X", "o", "f", "e", "g", "G", "s", "c"),
  )
  // What C leaves open is left out: flags that make no sense for the conversion.
  .filter(
    ([flags, , , kind]) => !("sc".includes(kind) && /[0+ #]/u.test(flags)) && !("diu".includes(kind) && flags === "#"),
  )
  .map(([flags, width, precision, kind]) => `%${flags}${width}${kind === "c" ? "" : precision}${kind}`);
const printed = fc
  .tuple(spec, fc.oneof(number, fc.integer({ min: 0, max: 255 }).map(String)))
  .filter(([one, given]) => !one.endsWith("c") || /^\d+$/u.test(given))
  .map(([one, given]) => `return string.format('[${one}]', ${given})`);

const bits = fc
  .tuple(
    fc.constantFrom(
      "band",
      "bor",
      "bxor",
      "lshift",
      "rshift",
      "arshift",
      "rol",
      "ror",
      "tobit",
      "bnot",
      "bswap",
      "tohex",
    ),
    number,
    number,
  )
  .map(([name, a, b]) => `return tostring(bit.${name}(${a}, ${b}))`);
const shown = number.map(one => `return {tostring(${one}), ${one}, redis.call('echo', ${one})}`);
const cut = fc
  .tuple(text, number, number)
  .map(([subject, from, to]) => `return {string.sub(${subject}, ${from}, ${to}), #string.sub(${subject}, ${from})}`);
const based = fc
  .tuple(fc.stringMatching(/^ ?-?(?:0x)?[0-9a-zA-Z]{0,18} ?$/u), fc.integer({ min: 2, max: 36 }))
  // What strtod makes of a bare 0x differs between C libraries.
  .filter(([digits]) => !/0x\s*$/iu.test(digits))
  .map(([digits, base]) => `return tostring(tonumber('${digits}', ${base}))`);

export const script: fc.Arbitrary<string> = fc.oneof(
  json,
  decoded,
  jsonish,
  packed,
  unpacked,
  structured,
  unstructured,
  printed,
  bits,
  shown,
  cut,
  based,
);
