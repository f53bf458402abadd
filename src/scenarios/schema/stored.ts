// Scenario keys of what stands in the cache before the run: `data`, and `holds` of workloads.

import { z } from "zod";
import { bytes, count, share } from "../fields.ts";

const prefix = (initial: string) =>
  z.string().default(initial).meta({ description: "What an element's number is appended to." });

const value = bytes("Size of each value.", ["100B"]).prefault("100B");

/** One key of these names what it is. */
const kinds = {
  string: z.strictObject({ size: bytes("Its size.", ["10MB"]) }).meta({ description: "One value." }),
  hash: z.strictObject({ fields: count("Fields.", ["100k"]), values: value, prefix: prefix("field:") }),
  list: z.strictObject({ elements: count("Elements.", ["100k"]), values: value }),
  set: z.strictObject({ members: count("Members.", ["100k"]), prefix: prefix("member:") }),
  zset: z.strictObject({
    members: count("Members; the first has the highest score.", ["1M"]),
    prefix: prefix("member:"),
  }),
  stream: z.strictObject({
    entries: count("Entries.", [0, "10k"]),
    values: value,
    groups: z.array(z.string().min(1)).default([]).meta({ description: "Consumer groups that have read nothing yet." }),
  }),
  bitmap: z.strictObject({ bits: count("Bits.", ["1M"]), set: share("Bits that are set.", ["10%"]).prefault("10%") }),
  hyperloglog: z.strictObject({ elements: count("Elements counted.", ["100k"]) }),
};

const shape = {
  string: kinds.string.optional().meta({ description: "A string." }),
  hash: kinds.hash.optional().meta({ description: "A hash." }),
  list: kinds.list.optional().meta({ description: "A list." }),
  set: kinds.set.optional().meta({ description: "A set." }),
  zset: kinds.zset.optional().meta({ description: "A sorted set." }),
  stream: kinds.stream.optional().meta({ description: "A stream." }),
  bitmap: kinds.bitmap.optional().meta({ description: "A string of bits." }),
  hyperloglog: kinds.hyperloglog.optional().meta({ description: "A HyperLogLog." }),
};

export const storedSchema = z
  .strictObject(shape)
  .meta({ description: "What each of the workload's keys holds when it is preloaded; a string when left out." });

export const dataSchema = z
  .strictObject({ key: z.string().min(1).meta({ description: "Name of the key." }), ...shape })
  .meta({ description: "A key that is there when the run begins, on the primary and its replicas." });

export type StoredInput = z.output<typeof storedSchema>;
