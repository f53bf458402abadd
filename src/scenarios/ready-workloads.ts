// «use:» of a workload: what it leaves out, the ready workload says. What it writes wins: of `keys` and of the pattern's
// options each for itself, of everything else as a whole. Whoever says in another way when requests come, or what they
// are, has chosen that way. Without a name it is called as what it uses.

import { readyWorkload } from "../workload/ready/index.ts";

type Tree = Record<string, unknown>;

/** Keys of which one excludes the others. */
const ALTERNATIVES: readonly (readonly string[])[] = [
  ["rate", "users", "trace"],
  ["pattern", "commands", "trace"],
];

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function filled(given: Tree, ready: Tree): Tree {
  const result: Tree = { name: given.use, ...given };
  for (const [key, value] of Object.entries(ready)) {
    const own = given[key];
    if (own === undefined) {
      const isReplaced = ALTERNATIVES.some(group => group.includes(key) && group.some(other => other in given));
      if (!isReplaced) result[key] = structuredClone(value);
    } else if (key === "keys" && isTree(own)) {
      result[key] = { ...(value as Tree), ...own };
    } else if (key === "pattern" && isTree(own)) {
      const [name, options] = Object.entries(value as Tree)[0];
      const ownOptions = own[name];
      if (isTree(ownOptions)) result[key] = { ...own, [name]: { ...(options as Tree), ...ownOptions } };
    }
  }
  // Scripts, and what the keys hold, belong to the commands.
  if (given.commands !== undefined || given.pattern !== undefined) {
    for (const key of ["scripts", "holds"]) if (given[key] === undefined) delete result[key];
  }
  return result;
}

/** The scenario with its ready workloads written out; itself when it uses none. */
export function withReadyWorkloads(root: Readonly<Tree>): Readonly<Tree> {
  const { workload } = root;
  if (!Array.isArray(workload)) return root;
  const readyOf = (one: unknown) =>
    isTree(one) && typeof one.use === "string" ? readyWorkload(one.use)?.workload : undefined;
  if (workload.every(one => readyOf(one) === undefined)) return root;
  return {
    ...root,
    workload: workload.map((one: unknown) => {
      const ready = readyOf(one);
      return ready === undefined ? one : filled(one as Tree, ready);
    }),
  };
}
