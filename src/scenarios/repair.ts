// A scenario that breaks the grammar in one place may be wrong in others that the grammar does not see: a parameter that
// does not exist, a check on an unknown metric. To tell everything at once, what broke the grammar is taken out or
// replaced by something harmless, and the rest is checked as if it were whole. What that says about the repaired places
// themselves is dropped, and so is what follows from them: a drill does not lie beyond the end of a run whose duration
// nobody could read.

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
  shards: 500,
  replicas: 5,
  pattern: {},
  rate: 1,
  users: { count: 1 },
  keys: { count: 1 },
  commands: { PING: 1 },
  trace: { file: "unnamed" },
};

/** A broken field by its name, and what may be said of other fields only because nobody knows its value. */
const FOLLOWS: Readonly<Record<string, RegExp>> = {
  duration: /the run ends after|beyond the end of the run|stays a rate/u,
  period: /leaves nothing to measure/u,
  shards: /there is no shard/u,
  replicas: /there is no replica|at least one replica|are \d+ nodes/u,
  zones: /at least two zones/u,
  engine: /does not run|covers nothing here|is for Redis OSS|» needs /u,
  node: /does not run|covers nothing here/u,
  purchase: /the purchase is|contradict the purchase/u,
  backups: /no backups are kept/u,
  tls: /» needs |has no effect without/u,
  management: /may not be changed on ElastiCache|has no meaning in/u,
  mode: /needs «mode: cluster»|mode single has one shard/u,
  profile: /has no meaning in|needs «mode: cluster»/u,
  failover: /has no meaning in|needs «mode: cluster»/u,
  cluster: /there is no (?:shard|replica)|has no parameter|may not be changed/u,
  name: /is no client group|needs a workload/u,
  clients: /is no client group|multiplex: true/u,
  workload: /needs a workload/u,
  library: /has no effect|multiplex: true|than the pool's size|is never reached/u,
  pool: /has no effect|multiplex: true|than the pool's size/u,
  multiplex: /has no effect|multiplex: true/u,
  size: /than the pool's size/u,
  reuse: /has no effect with «reuse: false»/u,
  attempts: /there are no retries/u,
  calls: /is never reached/u,
  ttl: /\{ttl\} needs/u,
  use: /needs one of «rate:»|needs «pattern:»|needs «keys:»|have no effect without|needs «commands:»/u,
  scripts: /names no script of the workload/u,
};

const ROUNDS = 4;

type Tree = Record<string | number, unknown>;

/** Whether a problem may come from what is broken at `from`. */
function follows(message: string, from: Path): boolean {
  // An element that is broken as a whole stands for its list.
  const name = from.findLast(step => typeof step === "string") ?? "";
  return Object.hasOwn(FOLLOWS, name) && FOLLOWS[name].test(message);
}

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
      build(parsed.data, directory, (path, message) => found.push({ path, message }), repaired);
      return found.filter(
        ({ path, message }) => !broken.some(one => isPrefix(one, path) || isPrefix(path, one) || follows(message, one)),
      );
    }
    issues = explainIssues(scenarioSchema, parsed.error.issues, repaired);
  }
  return [];
}
