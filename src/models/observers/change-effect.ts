// What a replicated change makes of its keys, as far as an observer can tell from its words alone.

import type { Bytes } from "../../engine/bytes.ts";

/** A value known in full, none, or one that depends on what was there. */
export type Effect =
  | { readonly kind: "value"; readonly value: Bytes; readonly expires: boolean }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown" };

export interface KeyEffect {
  readonly key: string;
  readonly effect: Effect;
}

const ABSENT: Effect = { kind: "absent" };
const UNKNOWN: Effect = { kind: "unknown" };

/** Commands that frame others. */
const FRAMES = new Set(["multi", "exec", "select", "ping"]);
/** Commands whose first argument is the one key that they write. */
const ONE_KEY = new Set(
  (
    "append incr decr incrby decrby incrbyfloat setrange setbit bitfield getset getdel getex psetex setex setnx " +
    "expire pexpire expireat pexpireat persist hset hmset hsetnx hdel hincrby hincrbyfloat lpush rpush lpushx rpushx lpop " +
    "rpop lset linsert lrem ltrim sadd srem spop zadd zrem zincrby zpopmin zpopmax zremrangebyrank zremrangebyscore " +
    "zremrangebylex xadd xdel xtrim xack xgroup xsetid pfadd geoadd restore"
  ).split(" "),
);

/** Effects by key, in order; null when it may have touched any key. */
export function effectsOf(argv: readonly Bytes[]): KeyEffect[] | null {
  const name = (argv[0] as string).toLowerCase();
  if (FRAMES.has(name)) return [];
  switch (name) {
    case "set": {
      const options = argv.slice(3).map(word => (typeof word === "string" ? word.toUpperCase() : ""));
      const expires = options.some(word => ["EX", "PX", "EXAT", "PXAT", "KEEPTTL"].includes(word));
      return [{ key: argv[1] as string, effect: { kind: "value", value: argv[2], expires } }];
    }
    case "mset": {
      const effects: KeyEffect[] = [];
      for (let i = 1; i + 1 < argv.length; i += 2) {
        effects.push({ key: argv[i] as string, effect: { kind: "value", value: argv[i + 1], expires: false } });
      }
      return effects;
    }
    case "del":
    case "unlink":
      return argv.slice(1).map(key => ({ key: key as string, effect: ABSENT }));
    default:
      return ONE_KEY.has(name) ? [{ key: argv[1] as string, effect: UNKNOWN }] : null;
  }
}
