import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areaOf, cellAt, cellNumber, distance, pointOf, scoreOf } from "../../../src/engine/geohash.ts";
import { type Talk, talk } from "../harness.ts";
import { NIL, NIL_LIST } from "../wire.ts";

const position = fc.record({
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  latitude: fc.double({ min: -85.05112878, max: 85.05112878, noNaN: true }),
});

function sicily(): Talk {
  const t = talk({ profile: "valkey-8.0" });
  t("GEOADD sicily 13.361389 38.115556 palermo 15.087269 37.502669 catania");
  return t;
}

describe("positions as scores", () => {
  it("read back within a cell of 2^-26 of the map", () => {
    fc.assert(
      fc.property(position, point => {
        const back = pointOf(scoreOf(point));
        expect(Math.abs(back.longitude - point.longitude)).toBeLessThanOrEqual(360 / 2 ** 26);
        expect(Math.abs(back.latitude - point.latitude)).toBeLessThanOrEqual(171 / 2 ** 26);
      }),
      { seed: 5, numRuns: 2_000 },
    );
  });

  it("of a coarser cell are the beginnings of those of its finer cells", () => {
    fc.assert(
      fc.property(position, fc.integer({ min: 1, max: 25 }), (point, step) => {
        // The very edge belongs to no cell.
        fc.pre(point.longitude < 180 && point.latitude < 85.05);
        const fine = cellNumber(cellAt(point, 26));
        expect(Math.floor(fine / 4 ** (26 - step))).toBe(cellNumber(cellAt(point, step)));
        const { west, east, south, north } = areaOf(cellAt(point, step));
        expect(point.longitude >= west - 1e-9 && point.longitude <= east + 1e-9).toBe(true);
        expect(point.latitude >= south - 1e-9 && point.latitude <= north + 1e-9).toBe(true);
      }),
      { seed: 6, numRuns: 2_000 },
    );
  });
});

describe("GEOADD, GEOPOS, GEOHASH, GEODIST", () => {
  it("keep positions as the server keeps them", () => {
    const t = sicily();
    expect(t("ZSCORE sicily palermo")).toBe("$3479099956230698");
    expect(t("GEOPOS sicily palermo nobody")).toEqual([["$13.36138933897018433", "$38.11555639549629859"], NIL_LIST]);
    expect(t("GEOHASH sicily palermo catania nobody")).toEqual(["$sqc8b49rny0", "$sqdtr74hyu0", NIL]);
    expect(t("GEOPOS none a")).toEqual([NIL_LIST]);
    expect(t("GEOHASH none a")).toEqual([NIL]);
  });

  it("measure distances in four units", () => {
    const t = sicily();
    expect(t("GEODIST sicily palermo catania")).toBe("$166274.1516");
    expect(t("GEODIST sicily palermo catania km")).toBe("$166.2742");
    expect(t("GEODIST sicily palermo catania MI")).toBe("$103.3182");
    expect(t("GEODIST sicily palermo palermo ft")).toBe("$0.0000");
    expect(t("GEODIST sicily palermo nobody")).toBe(NIL);
    expect(t("GEODIST none a b")).toBe(NIL);
    expect(t("GEODIST sicily palermo catania parsec")).toBe("-ERR unsupported unit provided. please use M, KM, FT, MI");
    expect(t("GEODIST sicily palermo catania km km")).toBe("-ERR syntax error");
  });

  it("GEOADD takes ZADD's conditions and refuses what is off the map", () => {
    const t = sicily();
    expect(t("GEOADD sicily NX 0 0 palermo 1 1 new")).toBe(":1");
    expect(t("GEOADD sicily XX CH 13.3 38.1 palermo 2 2 other")).toBe(":1");
    expect(t("GEOADD sicily NX XX 1 1 a")).toBe("-ERR syntax error");
    expect(t("GEOADD sicily 1 1 a 2 2")).toBe("-ERR syntax error");
    expect(t("GEOADD sicily 200 100.5 a")).toBe("-ERR invalid longitude,latitude pair 200.000000,100.500000");
    expect(t("GEOADD sicily x 1 a")).toBe("-ERR value is not a valid float");
  });
});

describe("searches around a position", () => {
  it("find members in circles and boxes, in order", () => {
    const t = sicily();
    t("GEOADD sicily 12.758489 38.788135 edge1 17.241510 38.788135 edge2");
    expect(t("GEOSEARCH sicily FROMLONLAT 15 37 BYRADIUS 200 km ASC")).toEqual(["$catania", "$palermo"]);
    expect(t("GEOSEARCH sicily FROMLONLAT 15 37 BYBOX 400 400 km DESC")).toEqual([
      "$edge1",
      "$edge2",
      "$palermo",
      "$catania",
    ]);
    expect(t("GEOSEARCH sicily FROMMEMBER palermo BYRADIUS 200 km COUNT 1 DESC WITHDIST")).toEqual([
      ["$catania", "$166.2742"],
    ]);
    expect(t("GEORADIUS sicily 15 37 200 km WITHDIST WITHHASH WITHCOORD COUNT 1")).toEqual([
      ["$catania", "$56.4413", ":3479447370796909", ["$15.08726745843887329", "$37.50266842333162032"]],
    ]);
    expect(t("GEORADIUSBYMEMBER_RO sicily catania 1 m")).toEqual(["$catania"]);
    expect(t("GEOSEARCH sicily FROMLONLAT 15 37 BYRADIUS 400 km COUNT 2 ANY")).toHaveLength(2);
  });

  it("store what they find, by position or by distance", () => {
    const t = sicily();
    expect(t("GEORADIUS sicily 15 37 200 km STORE d")).toBe(":2");
    expect(t("ZSCORE d palermo")).toBe("$3479099956230698");
    expect(t("GEOSEARCHSTORE d sicily FROMLONLAT 15 37 BYRADIUS 200 km STOREDIST")).toBe(":2");
    expect(Number(String(t("ZSCORE d catania")).slice(1))).toBeCloseTo(56.4413, 4);
    expect(t("GEOSEARCHSTORE d sicily FROMLONLAT 0 0 BYRADIUS 1 km")).toBe(":0");
    expect(t("EXISTS d")).toBe(":0");
    expect(t("GEORADIUSBYMEMBER none x 1 km STORE d")).toBe(":0");
  });

  it("refuse calls that say too little, too much or nonsense", () => {
    const t = sicily();
    const search = "GEOSEARCH sicily FROMLONLAT 15 37 BYRADIUS 200 km";
    const errors: Readonly<Record<string, string>> = {
      "GEOSEARCH sicily BYRADIUS 1 km ASC WITHDIST":
        "exactly one of FROMMEMBER or FROMLONLAT can be specified for GEOSEARCH",
      "geosearch sicily FROMLONLAT 1 1 ASC WITHDIST":
        "exactly one of BYRADIUS and BYBOX can be specified for geosearch",
      "GEOSEARCH sicily FROMMEMBER nobody BYRADIUS 1 km": "could not decode requested zset member",
      [`${search} FROMMEMBER palermo`]: "syntax error",
      [`${search} BYBOX 1 1 km`]: "syntax error",
      [`${search} STOREDIST`]: "syntax error",
      [`${search} ANY`]: "the ANY argument requires COUNT argument",
      [`${search} COUNT 0`]: "COUNT must be > 0",
      "GEORADIUS sicily 15 37 x km": "need numeric radius",
      "GEORADIUS sicily 15 37 -1 km": "radius cannot be negative",
      "GEOSEARCH sicily FROMLONLAT 15 37 BYBOX x 1 km": "need numeric width",
      "GEOSEARCH sicily FROMLONLAT 15 37 BYBOX 1 x km": "need numeric height",
      "GEOSEARCH sicily FROMLONLAT 15 37 BYBOX 1 -1 km": "height or width cannot be negative",
      "GEORADIUS sicily 15 37 1 km WITHDIST STORE d":
        "STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options",
      "GEOSEARCHSTORE d sicily FROMLONLAT 15 37 BYRADIUS 1 km WITHHASH":
        "GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options",
      "GEORADIUS_RO sicily 15 37 1 km STORE d": "syntax error",
    };
    for (const [call, error] of Object.entries(errors)) expect(t(call), call).toBe(`-ERR ${error}`);
    expect(t("GEOSEARCH none FROMMEMBER x BYRADIUS 1 km")).toEqual([]);
  });

  it("find just the members within the distance, wherever on the map", () => {
    fc.assert(
      fc.property(
        fc.array(position, { minLength: 1, maxLength: 30 }),
        fc.record({
          longitude: fc.double({ min: -170, max: 170, noNaN: true }),
          latitude: fc.double({ min: -70, max: 70, noNaN: true }),
        }),
        fc.integer({ min: 1, max: 3_000 }),
        (points, center, km) => {
          const t = talk({ profile: "valkey-8.0" });
          t("GEOADD g", ...points.flatMap(({ longitude, latitude }, i) => [`${longitude}`, `${latitude}`, `m${i}`]));
          const near = points.map(point => distance(center, pointOf(scoreOf(point))));
          // The grid does not wrap around beyond the map's edge, and neither does the server's.
          const reach = km / 111 / Math.cos(((Math.abs(center.latitude) + km / 111) * Math.PI) / 180);
          fc.pre(Math.abs(center.latitude) + km / 111 < 80 && Math.abs(center.longitude) + reach < 180);
          const expected = near.flatMap((far, i) => (far <= km * 1_000 ? [`$m${i}`] : []));
          const found = t(
            `GEOSEARCH g FROMLONLAT ${center.longitude} ${center.latitude} BYRADIUS ${km} km`,
          ) as string[];
          expect([...found].sort()).toEqual(expected.sort());
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });
});
