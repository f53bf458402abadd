// The ACL's categories of commands. Most follow from a command's flags; the rest are named in the tables of facts.

/** In the order in which ACL CAT lists them. */
export const CATEGORIES = [
  "keyspace",
  "read",
  "write",
  "set",
  "sortedset",
  "list",
  "hash",
  "string",
  "bitmap",
  "hyperloglog",
  "geo",
  "stream",
  "pubsub",
  "admin",
  "fast",
  "slow",
  "blocking",
  "dangerous",
  "connection",
  "transaction",
  "scripting",
] as const;

export type Category = (typeof CATEGORIES)[number];

export function isCategory(name: string): name is Category {
  return (CATEGORIES as readonly string[]).includes(name);
}

/** A category as a bit. */
export function categoryBit(category: Category): number {
  return 1 << CATEGORIES.indexOf(category);
}

export function categoriesOf(bits: number): readonly Category[] {
  return CATEGORIES.filter(category => (bits & categoryBit(category)) !== 0);
}

/** Categories of a command with these flags (bits of command.ts, by name) and these of its own. */
export function categoryBits(flags: CategoryFlags, explicit: readonly Category[]): number {
  let bits = 0;
  const add = (...categories: readonly Category[]): void => {
    for (const category of categories) bits |= categoryBit(category);
  };
  add(...explicit);
  if (flags.write) add("write");
  // A script that may not write is no mere read: whoever is allowed to read is not thereby allowed to run scripts.
  if (flags.readonly && !explicit.includes("scripting")) add("read");
  if (flags.admin) add("admin", "dangerous");
  if (flags.pubsub) add("pubsub");
  if (flags.blocking) add("blocking");
  add(flags.fast ? "fast" : "slow");
  return bits;
}

export interface CategoryFlags {
  readonly write: boolean;
  readonly readonly: boolean;
  readonly admin: boolean;
  readonly pubsub: boolean;
  readonly blocking: boolean;
  readonly fast: boolean;
}
