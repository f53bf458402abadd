// CPU time of commands on the reference core, in ns: the machine on which models/physics.md, section 4 was measured
// (redis-server 7.0.15; CPU times there are good to about 30 %). `cpu.ts` scales them to a node.
//
// A request costs the engine thread
//   turn                                     one read, write and poll of its connection; shared by a pipeline's commands
//   + overhead                               parsing, dispatch, writing the reply
//   + base + n * (hot + miss * max(0, 1 - cache / n))   the command, n elements touched (section 4.2)
//   + bytes in * 0.118 + bytes out * 0.168   (section 4.1)
// and with TLS more of each (section 4.3). Freed elements, evictions and expirations come on top (sections 4.2 and 7).
//
// Check against section 4.1: GET of 100 B unpipelined 8.5 + 0.42 + 0.33 + 0.02 = 9.3 us (measured 9.1-9.7), at a
// pipeline of 16 0.53 + 0.77 = 1.3 us (measured 1.28). SET 9.4 us (9.4) and 1.5 us (1.53).

/** One read, write and poll of a connection. */
export const TURN_NS = 8_500;
/** Parsing, dispatch and reply of one command. */
export const OVERHEAD_NS = 420;
export const BYTE_IN_NS = 0.118;
export const BYTE_OUT_NS = 0.168;

/** TLS on top: per turn, per command, per byte. Twice the plain CPU at 100 B, pipelined or not (within -20/+40 %). */
export const TLS_TURN_NS = 7_400;
export const TLS_COMMAND_NS = 800;
export const TLS_BYTE_NS = 0.7;

/** Accepting a plain connection, without the turn of its first command (section 5). */
export const ACCEPT_NS = 35_000;

/** Freeing one element of a collection on the engine thread (DEL of a zset, section 4.2). */
export const FREE_HOT_NS = 50;
export const FREE_MISS_NS = 150;
export const FREE_CACHE_ELEMENTS = 70_000;
/** Freeing a field of a hash, which has a value of its own: less local (DEL of a hash, section 4.2; 0.5 to 1.9 s a million). */
export const FREE_FIELD_HOT_NS = 70;
export const FREE_FIELD_MISS_NS = 600;
/** Handing a value to the background thread: 12 us for DEL on 8.0, 5 to 25 us for UNLINK. */
export const UNLINK_NS = 10_000;
/** What of an element's time a key takes that KEYS looks at and does not answer (19 to 203 ns of 104 to 629). */
export const SKIPPED_SHARE = 0.3;

export interface CommandCost {
  readonly base: number;
  readonly hot: number;
  readonly miss: number;
  /** Elements beyond which they no longer lie in the caches. */
  readonly cache: number;
  /** Where the figures come from. */
  readonly source: string;
}

const MEASURED = "models/physics.md 4.1-4.2, 2026-11";
const LIKE = "taken like a measured neighbour";

function flat(base: number, source = MEASURED): CommandCost {
  return { base, hot: 0, miss: 0, cache: 1, source };
}

function linear(base: number, hot: number, source = MEASURED): CommandCost {
  return { base, hot, miss: 0, cache: 1, source };
}

/** By cost row (`CommandSpec.cost`, or the command's name). */
export const COMMAND_COSTS: Readonly<Record<string, CommandCost>> = {
  get: flat(330),
  set: flat(510),
  incr: flat(290),
  expire: flat(620),
  ping: flat(200),
  mget: linear(240, 216),
  mset: linear(300, 300, `${LIKE}: MGET with the SET's share`),
  hget: flat(550),
  hset: linear(450, 200, `${LIKE}: one field as measured, more as MGET`),
  hmget: linear(350, 200, `${LIKE}: one field as HGET, more as MGET`),
  hdel: linear(350, 200, `${LIKE}: HSET`),
  hgetall: { base: 840, hot: 87, miss: 50, cache: 1_100, source: MEASURED },
  // A listpack up to 128 members, a table above: the step is there, not where the caches end.
  smembers: { base: 550, hot: 39, miss: 31, cache: 128, source: MEASURED },
  sunion: { base: 130, hot: 181, miss: 171, cache: 1_700, source: MEASURED },
  sadd: linear(450, 200, `${LIKE}: HSET`),
  srem: linear(350, 200, `${LIKE}: HSET`),
  spop: { base: 450, hot: 181, miss: 171, cache: 1_700, source: `${LIKE}: SUNION, which finds and copies members too` },
  zadd: linear(400, 400, `${LIKE}: one existing member as measured, more by the same share`),
  zrem: linear(400, 400, `${LIKE}: ZADD`),
  zpop: linear(400, 400, `${LIKE}: ZADD`),
  zscore: flat(550, `${LIKE}: HGET`),
  zmscore: linear(350, 200, `${LIKE}: HMGET`),
  zrank: flat(700, `${LIKE}: ZADD of an existing member`),
  zrange: linear(260, 55.3),
  zunion: { base: 130, hot: 181, miss: 171, cache: 1_700, source: `${LIKE}: SUNION` },
  geosearch: linear(2_000, 250, `${LIKE}: ZRANGE, and a distance by sines and cosines per candidate`),
  del: linear(300, 250, `${LIKE}: MGET; freeing comes on top`),
  scan: linear(0, 185),
  xadd: linear(500, 150, `${LIKE}: SET, and an entry appended to a listpack like an element of a list`),
  xrange: linear(500, 250, `${LIKE}: entries of LRANGE, two to three elements each`),
  xreadgroup: linear(900, 700, `${LIKE}: XRANGE and two insertions in radix trees per entry`),
  xdel: linear(400, 350, `${LIKE}: DEL, by an entry`),
  xtrim: linear(400, 50, `${LIKE}: freeing elements`),
  xack: linear(400, 400, `${LIKE}: DEL, by two radix trees per entry`),
  xclaim: linear(600, 700, `${LIKE}: XREADGROUP`),
  keys: { base: 0, hot: 104, miss: 580, cache: 60_000, source: MEASURED },
  dump: linear(500, 60, `${LIKE}: ZRANGE, whose elements are copied out as well`),
  restore: linear(1_000, 200, `${LIKE}: HSET of as many fields`),
  save: linear(1_000_000, 1_000, "assumed: a microsecond a key, and a millisecond for the file"),
  bgsave: flat(2_000, "assumed: administrative commands are rare; the fork is modelled with the node"),
  lcs: linear(2_000, 1.5, "assumed: one table cell per 1.5 ns"),
  lpush: linear(290, 50, `${LIKE}: one element as measured in deep pipelines, more as LRANGE`),
  lpop: linear(290, 50, `${LIKE}: LPUSH`),
  lmove: flat(600, `${LIKE}: LPOP and LPUSH`),
  lrange: linear(400, 50.7),
  lwalk: linear(300, 12, "assumed: stepping over an element of a listpack without copying it, a quarter of LRANGE"),
  sort: linear(850, 12),
  bitcount: linear(300, 0.5, "assumed: half a nanosecond a byte"),
  bitop: linear(500, 0.5, "assumed: half a nanosecond a byte"),
  bitfield: linear(400, 100, "assumed: SETBIT and a loop over the bits per operation"),
  pfadd: linear(300, 150, "assumed: a hash and, in the sparse form, a walk through the string per element"),
  pfcount: linear(400, 1, "assumed: a nanosecond a register"),
  // Entering and leaving Lua: GET by a script less the call inside; its instructions and calls come on top.
  publish: linear(
    300,
    100,
    "assumed: a copy into a subscriber's buffer like two elements of LRANGE; writing it out comes on top",
  ),
  eval: flat(1_900),
  evalsha: flat(1_400),
  config: flat(2_000, "assumed: administrative commands are rare"),
  info: flat(60_000, "assumed: administrative commands are rare"),
};

/** Commands measured to be cheaper or dearer on Valkey 8 (section 4.2, last column). */
export const COMMAND_COSTS_VALKEY_8: Readonly<Record<string, CommandCost>> = {
  eval: flat(1_500),
  mget: linear(200, 142),
  lrange: linear(310, 42),
  sort: linear(1_500, 12.4),
  scan: linear(400, 101),
  hgetall: linear(250, 84),
  smembers: linear(430, 47),
  sunion: linear(0, 157),
  zrange: linear(430, 48),
  zunion: linear(0, 157, `${LIKE}: SUNION`),
  keys: { base: 0, hot: 110, miss: 250, cache: 60_000, source: MEASURED },
};

/** Time of a command that touched `elements`. */
export function commandNs(cost: CommandCost, elements: number): number {
  if (elements === 0) return cost.base;
  const beyond = cost.miss === 0 ? 0 : cost.miss * Math.max(0, 1 - cost.cache / elements);
  return cost.base + elements * (cost.hot + beyond);
}

/** Time of a command that touched `elements`, of which it passed over some. */
export function skippingNs(cost: CommandCost, elements: number, skipped: number): number {
  const all = commandNs(cost, elements);
  return all - ((all - cost.base) * skipped * (1 - SKIPPED_SHARE)) / elements;
}

/** Time to free that many elements on the engine thread, so many of them fields of hashes. */
export function freeNs(elements: number, fields = 0): number {
  const beyond = elements === 0 ? 0 : Math.max(0, 1 - FREE_CACHE_ELEMENTS / elements);
  const plain = (elements - fields) * (FREE_HOT_NS + FREE_MISS_NS * beyond);
  return plain + fields * (FREE_FIELD_HOT_NS + FREE_FIELD_MISS_NS * beyond);
}

/** CPU time of one copy-on-write fault: 2.6-4.0 us measured, 1-3 us advised (models/physics.md, 1.4). */
export const FAULT_NS = 2_000;

/** ASKING on the wire; it comes in one packet with the command that follows. */
export const ASKING_BYTES = 16;
