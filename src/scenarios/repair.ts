// A scenario that breaks the grammar in one place may be wrong in others that the grammar does not see: a parameter that
// does not exist, a check on an unknown metric. To tell everything at once, what broke the grammar is taken out or
// replaced by something harmless, and the rest is checked as if it were whole. What that says about the repaired places
// themselves is dropped.

import { build } from "./build.ts";
import { type Explained, explainIssues } from "./explain-zod.ts";
import { scenarioSchema } from "./schema.ts";
import { isPrefix, type Path } from "./yaml-file.ts";

/** Stand-ins for fields that must be there, by their name. */
const HARMLESS: Readonly<Record<string, unknown>> = {
  name: "unnamed",
  engine: "valkey-8.0",
  node: "cache.r7g.large",
  cluster: { engine: "valkey-8.0", node: "cache.r7g.large" },
  clients: [{ name: "unnamed" }],
  workload: [{ name: "unnamed", rate: 1, keys: { count: 1 }, commands: { PING: 1 } }],
  origin: { latency: "1ms" },
  latency: "1ms",
  at: "0s",
  count: 1,
  file: "unnamed",
};

const ROUNDS = 4;

type Tree = Record<string | number, unknown>;

function parentOf(root: Tree, path: Path): Tree | null {
  let at: unknown = root;
  for (const step of path.slice(0, -1)) at = (at as Tree | undefined)?.[step];
  return typeof at === "object" && at !== null ? (at as Tree) : null;
}

/** Problems beyond the grammar's, of everything that the grammar's problems leave. */
export function problemsOfTheRest(
  root: Readonly<Record<string, unknown>>,
  explained: readonly Explained[],
  directory: string,
): { path: Path; message: string }[] {
  const repaired = structuredClone(root) as Tree;
  const broken: Path[] = [];
  let issues = explained;
  for (let round = 0; round < ROUNDS; round++) {
    for (const { path } of issues) {
      const parent = parentOf(repaired, path);
      const key = path.at(-1);
      if (parent === null || key === undefined) return [];
      const harmless = Object.hasOwn(HARMLESS, key) ? HARMLESS[key] : undefined;
      broken.push(path);
      // Elements of lists keep their places, so that paths of later ones stay true.
      if (harmless !== undefined) parent[key] = structuredClone(harmless);
      else if (Array.isArray(parent)) parent[Number(key)] = {};
      else delete parent[key];
    }
    const parsed = scenarioSchema.safeParse(repaired);
    if (parsed.success) {
      const found: { path: Path; message: string }[] = [];
      build(parsed.data, directory, (path, message) => found.push({ path, message }));
      return found.filter(({ path }) => !broken.some(one => isPrefix(one, path) || isPrefix(path, one)));
    }
    issues = explainIssues(scenarioSchema, parsed.error.issues, repaired);
  }
  return [];
}
