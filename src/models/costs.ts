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
/** A full TLS 1.3 handshake with an RSA-2048 certificate on an unloaded core (section 4.3: 0.35-0.5 ms expected). */
export const TLS_HANDSHAKE_NS = 420_000;

/** Freeing one element of a collection on the engine thread (DEL of a zset, section 4.2). */
export const FREE_HOT_NS = 50;
export const FREE_MISS_NS = 150;
export const FREE_CACHE_ELEMENTS = 70_000;
/** Handing a value to the background thread. */
export const UNLINK_NS = 5_000;

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
  del: linear(300, 250, `${LIKE}: MGET; freeing comes on top`),
  scan: linear(0, 185),
  keys: { base: 0, hot: 104, miss: 580, cache: 60_000, source: MEASURED },
  lcs: linear(2_000, 1.5, "assumed: one table cell per 1.5 ns"),
  config: flat(2_000, "assumed: administrative commands are rare"),
  info: flat(60_000, "assumed: administrative commands are rare"),
};

/** Commands measured to be cheaper or dearer on Valkey 8 (section 4.2, last column). */
export const COMMAND_COSTS_VALKEY_8: Readonly<Record<string, CommandCost>> = {
  mget: linear(200, 142),
  scan: linear(400, 101),
  keys: { base: 0, hot: 110, miss: 250, cache: 60_000, source: MEASURED },
};

/** Time of a command that touched `elements`. */
export function commandNs(cost: CommandCost, elements: number): number {
  if (elements === 0) return cost.base;
  const beyond = cost.miss === 0 ? 0 : cost.miss * Math.max(0, 1 - cost.cache / elements);
  return cost.base + elements * (cost.hot + beyond);
}

/** Time to free that many elements on the engine thread. */
export function freeNs(elements: number): number {
  return elements * (FREE_HOT_NS + FREE_MISS_NS * Math.max(0, 1 - FREE_CACHE_ELEMENTS / elements));
}
