// The bytes that say what follows in an RDB file.

/** Kinds of values. */
export const TYPE = {
  STRING: 0,
  LIST: 1,
  SET: 2,
  ZSET: 3,
  HASH: 4,
  /** Scores as binary doubles. */
  ZSET_2: 5,
  MODULE_OLD: 6,
  MODULE: 7,
  HASH_ZIPMAP: 9,
  LIST_ZIPLIST: 10,
  SET_INTSET: 11,
  ZSET_ZIPLIST: 12,
  HASH_ZIPLIST: 13,
  /** A chain of ziplists. */
  LIST_QUICKLIST: 14,
  STREAM: 15,
  HASH_LISTPACK: 16,
  ZSET_LISTPACK: 17,
  /** A chain of listpacks and plain elements. */
  LIST_QUICKLIST_2: 18,
  /** With first id, greatest deleted id and counters. */
  STREAM_2: 19,
  SET_LISTPACK: 20,
  /** With the consumers' active times. */
  STREAM_3: 21,
} as const;

/** Whether a byte names a kind of value, known to us or not. */
export function isValueType(type: number): boolean {
  return (type >= TYPE.STRING && type <= TYPE.MODULE) || (type >= TYPE.HASH_ZIPMAP && type <= TYPE.STREAM_3);
}

/** What is no key. */
export const OPCODE = {
  FUNCTION: 245,
  FUNCTION_OLD: 246,
  MODULE_AUX: 247,
  IDLE: 248,
  FREQ: 249,
  AUX: 250,
  RESIZEDB: 251,
  EXPIRE_MS: 252,
  EXPIRE_SECONDS: 253,
  SELECTDB: 254,
  END: 255,
} as const;

/** A node of a list: one element, or a listpack. */
export const NODE_PLAIN = 1;
export const NODE_PACKED = 2;
