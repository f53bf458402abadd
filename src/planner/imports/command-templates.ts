// What stands for a family of commands that CloudWatch counts, or for a command of INFO commandstats: one read and one write
// that touch a single member. What touches many at once (HGETALL, LRANGE, SORT, scripts) has no template: how many is not told.

type Pair = readonly [read: string, write: string];

const FAMILIES: Readonly<Record<string, Pair>> = {
  HashBasedCmds: ["HGET {key} field", "HSET {key} field {random}"],
  ListBasedCmds: ["LLEN {key}", "LPUSH {key} {random}"],
  SetBasedCmds: ["SISMEMBER {key} {random}", "SADD {key} member"],
  SortedSetBasedCmds: ["ZSCORE {key} member", "ZADD {key} 1 member"],
  StreamBasedCmds: ["XLEN {key}", "XADD {key} MAXLEN 100 * field {random}"],
  HyperLogLogBasedCmds: ["PFCOUNT {key}", "PFADD {key} {random}"],
  GeoSpatialBasedCmds: ["GEOPOS {key} member", "GEOADD {key} 1 1 member"],
};

const COMMANDS: Readonly<Record<string, string>> = {
  hget: "HGET {key} field",
  hexists: "HEXISTS {key} field",
  hlen: "HLEN {key}",
  hset: "HSET {key} field {random}",
  hincrby: "HINCRBY {key} field 1",
  hdel: "HDEL {key} field",
  llen: "LLEN {key}",
  lpush: "LPUSH {key} {random}",
  rpush: "RPUSH {key} {random}",
  lpop: "LPOP {key}",
  rpop: "RPOP {key}",
  sismember: "SISMEMBER {key} {random}",
  scard: "SCARD {key}",
  sadd: "SADD {key} member",
  srem: "SREM {key} member",
  zscore: "ZSCORE {key} member",
  zcard: "ZCARD {key}",
  zadd: "ZADD {key} 1 member",
  zincrby: "ZINCRBY {key} 1 member",
  zrank: "ZRANK {key} member",
  zrem: "ZREM {key} member",
  xlen: "XLEN {key}",
  xadd: "XADD {key} MAXLEN 100 * field {random}",
  pfadd: "PFADD {key} {random}",
  pfcount: "PFCOUNT {key}",
  geoadd: "GEOADD {key} 1 1 member",
  geopos: "GEOPOS {key} member",
};

export interface Template {
  readonly template: string;
  readonly share: number;
}

/** Null: nothing stands for it. */
export function templatesOf(name: string, reads: number): readonly Template[] | null {
  const pair = FAMILIES[name];
  if (pair !== undefined) {
    return [
      { template: pair[0], share: reads },
      { template: pair[1], share: 1 - reads },
    ];
  }
  const template = COMMANDS[name];
  return template === undefined ? null : [{ template, share: 1 }];
}
