// What a geo search asks for, read from any of its commands. Readers answer an error or null.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { keyAt, textAt } from "../context.ts";
import { type Point, pointOf, type Shape } from "../geohash.ts";
import { ErrorReply } from "../reply.ts";
import type { SortedSet } from "../values/sorted-set.ts";
import { pointAt, unitAt } from "./geo.ts";
import { scoreAt } from "./zset-common.ts";

const NO_MEMBER = new ErrorReply("ERR could not decode requested zset member");
const NOT_RADIUS = new ErrorReply("ERR need numeric radius");
const NOT_WIDTH = new ErrorReply("ERR need numeric width");
const NOT_HEIGHT = new ErrorReply("ERR need numeric height");
const NEGATIVE_RADIUS = new ErrorReply("ERR radius cannot be negative");
const NEGATIVE_BOX = new ErrorReply("ERR height or width cannot be negative");
const COUNT_NOT_POSITIVE = new ErrorReply("ERR COUNT must be > 0");
const ANY_WITHOUT_COUNT = new ErrorReply("ERR the ANY argument requires COUNT argument");

/** `mayStore`: GEORADIUS and GEORADIUSBYMEMBER, whose _RO forms only read. */
export interface Variant {
  readonly kind: "radius" | "radiusbymember" | "search" | "searchstore";
  readonly mayStore: boolean;
}

export class GeoQuery {
  withDistance = false;
  withHash = false;
  withPoint = false;
  order: "none" | "asc" | "desc" = "none";
  /** 0: all. */
  count = 0;
  /** The first that are found will do. */
  any = false;
  storeKey: string | null = null;
  storeDistance = false;
  /** Metres in the unit of the call. */
  metres = 1;

  private from: "none" | "member" | "point" = "none";
  private by: "none" | "radius" | "box" = "none";
  private center: Point | null = null;
  private width = 0;
  private height = 0;

  constructor(
    private readonly variant: Variant,
    private readonly argv: readonly Bytes[],
    /** Null where the key is not there: a member is then not looked for. */
    private readonly zset: SortedSet | null,
  ) {}

  /** The shape in metres; to be asked only when the key is there. */
  get shape(): Shape {
    const center = this.center!;
    const [width, height] = [this.width * this.metres, this.height * this.metres];
    return this.by === "box" ? { kind: "box", center, width, height } : { kind: "circle", center, radius: width };
  }

  private get searches(): boolean {
    return this.variant.kind === "search" || this.variant.kind === "searchstore";
  }

  read(): ErrorReply | null {
    const first = this.readFixed();
    if (isError(first)) return first;
    for (let i = first; i < this.argv.length; i++) {
      const more = this.readOption(i);
      if (isError(more)) return more;
      i += more;
    }
    return this.contradiction();
  }

  private contradiction(): ErrorReply | null {
    if (this.storeKey !== null && (this.withDistance || this.withHash || this.withPoint)) {
      const who = this.variant.kind === "searchstore" ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS";
      return new ErrorReply(`ERR ${who} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`);
    }
    const name = textOf(this.argv[0]);
    if (this.searches && this.from === "none") {
      return new ErrorReply(`ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ${name}`);
    }
    if (this.searches && this.by === "none") {
      return new ErrorReply(`ERR exactly one of BYRADIUS and BYBOX can be specified for ${name}`);
    }
    return this.any && this.count === 0 ? ANY_WITHOUT_COUNT : null;
  }

  /** What stands at fixed places; where the options begin. */
  private readFixed(): number | ErrorReply {
    switch (this.variant.kind) {
      case "search":
        return 2;
      case "searchstore":
        this.storeKey = keyAt(this.argv, 1);
        return 3;
      case "radius":
        return this.readPoint(2) ?? this.readRadius(4) ?? 6;
      case "radiusbymember":
        // Without the key nothing of this is looked at.
        return this.zset === null ? 5 : (this.readMember(2) ?? this.readRadius(3) ?? 5);
    }
  }

  /** The option at a position; how many arguments follow it. */
  private readOption(at: number): number | ErrorReply {
    const word = wordAt(this.argv, at);
    if (this.readMark(word)) return 0;
    const left = this.argv.length - at - 1;
    if (word === "COUNT" && left >= 1) return this.readCount(at + 1) ?? 1;
    if (!this.searches) {
      if ((word !== "STORE" && word !== "STOREDIST") || left < 1 || !this.variant.mayStore) return SYNTAX;
      this.storeKey = textAt(this.argv, at + 1);
      this.storeDistance = word === "STOREDIST";
      return 1;
    }
    if (word === "STOREDIST" && this.variant.kind === "searchstore") {
      this.storeDistance = true;
      return 0;
    }
    if (word === "FROMMEMBER" && left >= 1 && this.from !== "point") return this.readMember(at + 1) ?? 1;
    if (word === "FROMLONLAT" && left >= 2 && this.from !== "member") return this.readPoint(at + 1) ?? 2;
    if (word === "BYRADIUS" && left >= 2 && this.by !== "box") return this.readRadius(at + 1) ?? 2;
    if (word === "BYBOX" && left >= 3 && this.by !== "radius") return this.readBox(at + 1) ?? 3;
    return SYNTAX;
  }

  /** An option that stands alone; whether it was one. */
  private readMark(word: string): boolean {
    if (word === "WITHDIST") this.withDistance = true;
    else if (word === "WITHHASH") this.withHash = true;
    else if (word === "WITHCOORD") this.withPoint = true;
    else if (word === "ANY") this.any = true;
    else if (word === "ASC") this.order = "asc";
    else if (word === "DESC") this.order = "desc";
    else return false;
    return true;
  }

  private readCount(at: number): ErrorReply | null {
    const count = integerAt(this.argv, at);
    if (isError(count)) return count;
    if (count <= 0) return COUNT_NOT_POSITIVE;
    this.count = count;
    return null;
  }

  private readMember(at: number): ErrorReply | null {
    this.from = "member";
    if (this.zset === null) return null;
    const score = this.zset.scoreOf(textAt(this.argv, at));
    if (score === undefined) return NO_MEMBER;
    this.center = pointOf(score);
    return null;
  }

  private readPoint(at: number): ErrorReply | null {
    const point = pointAt(this.argv, at);
    if (isError(point)) return point;
    this.from = "point";
    this.center = point;
    return null;
  }

  private readRadius(at: number): ErrorReply | null {
    const radius = scoreAt(this.argv, at, NOT_RADIUS);
    if (isError(radius)) return radius;
    if (radius < 0) return NEGATIVE_RADIUS;
    this.by = "radius";
    this.width = radius;
    return this.readUnit(at + 1);
  }

  private readBox(at: number): ErrorReply | null {
    const width = scoreAt(this.argv, at, NOT_WIDTH);
    if (isError(width)) return width;
    const height = scoreAt(this.argv, at + 1, NOT_HEIGHT);
    if (isError(height)) return height;
    if (width < 0 || height < 0) return NEGATIVE_BOX;
    this.by = "box";
    this.width = width;
    this.height = height;
    return this.readUnit(at + 2);
  }

  private readUnit(at: number): ErrorReply | null {
    const metres = unitAt(this.argv, at);
    if (isError(metres)) return metres;
    this.metres = metres;
    return null;
  }
}
