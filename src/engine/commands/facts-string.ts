// What COMMAND INFO tells of these commands beyond what follows from their declarations: facts of Valkey 8.0.1.

import type { FactTable } from "../introspection/facts.ts";
import { key, range } from "../introspection/key-specs.ts";

export const STRING_FACTS: FactTable = {
  // string
  append: { categories: ["string"], keys: [key("RW insert", 1)] },
  decr: { categories: ["string"], keys: [key("RW access update", 1)] },
  decrby: { categories: ["string"], keys: [key("RW access update", 1)] },
  get: { categories: ["string"], keys: [key("RO access", 1)] },
  getdel: { categories: ["string"], keys: [key("RW access delete", 1)] },
  getex: { categories: ["string"], keys: [key("RW access update", 1)] },
  getrange: { categories: ["string"], keys: [key("RO access", 1)] },
  getset: { categories: ["string"], keys: [key("RW access update", 1)] },
  incr: { categories: ["string"], keys: [key("RW access update", 1)] },
  incrby: { categories: ["string"], keys: [key("RW access update", 1)] },
  incrbyfloat: { categories: ["string"], keys: [key("RW access update", 1)] },
  lcs: { categories: ["string"], keys: [key("RO access", 1, range(1, 1))] },
  mget: { categories: ["string"], tips: ["request_policy:multi_shard"], keys: [key("RO access", 1, range(-1, 1))] },
  mset: {
    categories: ["string"],
    tips: ["request_policy:multi_shard", "response_policy:all_succeeded"],
    keys: [key("OW update", 1, range(-1, 2))],
  },
  msetnx: { categories: ["string"], keys: [key("OW insert", 1, range(-1, 2))] },
  psetex: { categories: ["string"], keys: [key("OW update", 1)] },
  set: { categories: ["string"], keys: [key("RW access update variable_flags", 1)] },
  setex: { categories: ["string"], keys: [key("OW update", 1)] },
  setnx: { categories: ["string"], keys: [key("OW insert", 1)] },
  setrange: { categories: ["string"], keys: [key("RW update", 1)] },
  strlen: { categories: ["string"], keys: [key("RO", 1)] },
  substr: { categories: ["string"], keys: [key("RO access", 1)] },
  // bitmap
  bitcount: { categories: ["bitmap"], keys: [key("RO access", 1)] },
  bitfield: { categories: ["bitmap"], keys: [key("RW access update variable_flags", 1)] },
  bitfield_ro: { categories: ["bitmap"], keys: [key("RO access", 1)] },
  bitop: { categories: ["bitmap"], keys: [key("OW update", 2), key("RO access", 3, range(-1, 1))] },
  bitpos: { categories: ["bitmap"], keys: [key("RO access", 1)] },
  getbit: { categories: ["bitmap"], keys: [key("RO access", 1)] },
  setbit: { categories: ["bitmap"], keys: [key("RW access update", 1)] },
  // hyperloglog
  pfadd: { categories: ["hyperloglog"], keys: [key("RW insert", 1)] },
  pfcount: { categories: ["hyperloglog"], keys: [key("RW access", 1, range(-1, 1))] },
  pfdebug: { categories: ["hyperloglog"], keys: [key("RW access", 2)] },
  pfmerge: { categories: ["hyperloglog"], keys: [key("RW access insert", 1), key("RO access", 2, range(-1, 1))] },
  pfselftest: { categories: ["hyperloglog"] },
};
