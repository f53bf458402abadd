// Random calls on positions: a few places, near each other and far apart, at the edges of the map among them.

import fc from "fast-check";
import { call, key, mostly, options, several, type Weighted, word } from "./parts.ts";

const member = fc.constantFrom("m", "n", "o", "p", "q", "palermo", "catania");
const longitude = mostly(
  fc.constantFrom("13.361389", "15.087269", "0", "-179.9", "179.9", "180", "-180", "2.35", "-73.9", "13.36", "0.0001"),
  fc.constantFrom("181", "x", "nan", "", "inf"),
);
const latitude = mostly(
  fc.constantFrom("38.115556", "37.502669", "0", "85.05", "-85.05112878", "85.05112878", "48.85", "40.7", "-33.9"),
  fc.constantFrom("86", "x", "nan", "", "-inf"),
);
const place = fc.tuple(longitude, latitude, member);
const places = fc.array(place, { minLength: 1, maxLength: 4, size: "max" }).map(list => list.flat());
const unit = mostly(fc.constantFrom("m", "km", "KM", "ft", "mi"), fc.constant("parsec"));
const size = mostly(
  fc.constantFrom("0", "1", "50", "200", "190.4424", "3000", "12000"),
  fc.constantFrom("-1", "x", ""),
);
const count = fc.constantFrom("1", "2", "100", "0", "-1", "x");
const sorted = options(word("ASC"), word("DESC"), fc.tuple(fc.constant("COUNT"), count));
const shown = options(word("WITHDIST"), word("WITHCOORD"), word("WITHHASH"));
const order = fc.constantFrom("ASC", "DESC");
const from = fc.oneof(
  fc.tuple(fc.constant("FROMLONLAT"), longitude, latitude),
  fc.tuple(fc.constant("FROMMEMBER"), member),
);
const by = fc.oneof(fc.tuple(fc.constant("BYRADIUS"), size, unit), fc.tuple(fc.constant("BYBOX"), size, size, unit));
const storing = options(fc.tuple(fc.constant("STORE"), key), word("junk"));

export const geoCalls: readonly Weighted[] = [
  [12, call("GEOADD", key, places)],
  [3, call("GEOADD", key, options(word("NX"), word("XX"), word("CH")), places)],
  [1, call("GEOADD", key, places, member)],
  [3, call("GEOPOS", key, several(member, 3))],
  [3, call("GEOHASH", key, several(member, 3))],
  [4, call("GEODIST", key, member, member, options(fc.tuple(unit)))],
  [6, call("GEOSEARCH", key, from, by, order, shown, sorted)],
  [2, call("GEOSEARCH", key, from, by, fc.oneof(from, by), order)],
  [1, call("GEOSEARCH", key, from, order, "WITHDIST", "WITHHASH")],
  [4, call("GEOSEARCHSTORE", key, key, from, by, options(word("WITHDIST"), word("junk")))],
  [4, call("GEORADIUS", key, longitude, latitude, size, unit, order, shown, sorted)],
  [3, call("GEORADIUS", key, longitude, latitude, size, unit, storing)],
  [3, call("GEORADIUS_RO", key, longitude, latitude, size, unit, order, storing)],
  [4, call("GEORADIUSBYMEMBER", key, member, size, unit, order, shown, sorted)],
  [3, call("GEORADIUSBYMEMBER", key, member, size, unit, storing)],
  [3, call("GEORADIUSBYMEMBER_RO", key, member, size, unit, order, shown)],
];
