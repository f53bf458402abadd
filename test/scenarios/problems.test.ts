// Everything that is wrong is told at once, where it stands and with what would be right; nothing that is right is told.

import { describe, expect, test } from "vitest";
import { formatIssue, formatIssues, type Issue } from "../../src/scenarios/issue.ts";
import { BASE, file, issuesOf, problems } from "./fixture.ts";

/** A mistake in a text: where it stands, what is underlined, what is said. */
type Mistake = readonly [place: string, underlined: string, message: string];

/** Checks that exactly these mistakes are found, in the order of the lines, each with its line, column and caret. */
async function expectMistakes(text: string, mistakes: readonly Mistake[]) {
  const issues = await issuesOf({ file: file(text) });
  const found = issues.map(issue => {
    const lines = formatIssue(issue).split("\n");
    const [head, source, caret] = lines.slice(-3);
    const from = caret.indexOf("^");
    const [, line, column] = /:(\d+):(\d+): /u.exec(head)!;
    return { line, column, underlined: source.slice(from, caret.length), message: `${issue.path}: ${issue.message}` };
  });
  const due = mistakes.map(([place, underlined, message]) => {
    const at = text.indexOf(place) + place.indexOf(underlined);
    expect(text.split(place), `«${place}» must stand once`).toHaveLength(2);
    const before = text.slice(0, at).split("\n");
    return { line: String(before.length), column: String(before.at(-1)!.length + 1), underlined, message };
  });
  expect(found.map(({ line, column, underlined }) => ({ line, column, underlined }))).toEqual(
    due.map(({ line, column, underlined }) => ({ line, column, underlined })),
  );
  due.forEach(({ message }, i) => {
    expect(found[i].message).toContain(message);
  });
}

const PLANTED = `# yaml-language-server: $schema=../schema/scenario.schema.json
name: planted
sead: 42
duration: 10 parsecs
cluster:
  engine: valkey-8
  node: cache.r7g.larg
  shards: three
  parameters:
    maxmemory-polici: allkeys-lru
    maxmemory-samples: 0
  failover: { nodeTimeout: 5s }
clients:
  - name: web
    pool: { sise: 16 }
    timeout: 200
    retry: { backoff: 1s..10ms }
origin:
  latency: lognorml(p50=4ms, p99=40ms)
workload:
  - name: pages
    client: wob
    pattern: { cache-aside: { ttl: 1h +-110% } }
    rate: 20k
    keys: { count: 2.5, popularity: zip(0.99) }
    values: 10GB
  - name: pages
    commands: { "GETT {key}": 50%, "SET {key}": 50% }
    users: { count: 0 }
    keys: { count: 10 }
drills:
  - { at: 20h, crash-node: { role: primary, shard: 7 } }
  - { at: 1m, crash-nod: {} }
expect:
  - p99 < 2
  - hitrat > 90%
  - blogs.p99 < 2ms
  - p99 < 2ms sometimes
`;

describe("planted mistakes", () => {
  test("a scenario with more than eight shows every one of them, once, at its place", async () => {
    await expectMistakes(PLANTED, [
      ["sead", "sead", "sead: unknown key «sead»; did you mean «seed»?"],
      ["10 parsecs", "10 parsecs", "duration: needs a duration such as 250us"],
      ["engine: valkey-8", "valkey-8", "the text «valkey-8» is not one of valkey-7.2, valkey-8.0"],
      ["cache.r7g.larg", "cache.r7g.larg", "did you mean «cache.r7g.large»?"],
      ["three", "three", "cluster.shards: needs a whole number, got the text «three»"],
      ["maxmemory-polici: allkeys-lru", "allkeys-lru", "did you mean «maxmemory-policy»?"],
      ["maxmemory-samples: 0", "0", "must lie between 1 and 64, got «0»"],
      ["nodeTimeout: 5s", "5s", "cluster.failover.nodeTimeout: has no meaning in the managed profile"],
      ["sise", "sise", "clients[0].pool.sise: unknown key «sise»; did you mean «size»?"],
      ["timeout: 200\n", "200", "clients[0].timeout: needs text with a unit, such as 200ms, got 200"],
      ["1s..10ms", "1s..10ms", "clients[0].retry.backoff: needs a range whose first value is not above its second"],
      ["lognorml(p50=4ms, p99=40ms)", "lognorml(p50=4ms, p99=40ms)", "did you mean «lognormal»?"],
      ["client: wob", "wob", "«wob» is no client group; there are web; did you mean «web»?"],
      ["1h +-110%", "1h +-110%", "ttl: needs «none» or a tolerance of at most 100 %, got «1h +-110%»"],
      ["rate: 20k", "20k", "workload[0].rate: needs a rate per time, such as 20k/s"],
      ["2.5", "2.5", "workload[0].keys.count: needs a whole number such as 500, 20k or 2M, got «2.5»"],
      ["zip(0.99)", "zip(0.99)", "did you mean «zipf»?"],
      ["10GB", "10GB", "workload[0].values: needs values of at most 512MiB"],
      ["- name: pages\n    commands", "pages", "workload[1].name: «pages» is the name of two of them"],
      ['"GETT {key}": 50%', "50%", "«GETT» is no command that the engine knows; did you mean «get»?"],
      ['"SET {key}": 50%', "50%", "SET takes at least 3 words, the template has 2"],
      ["users: { count: 0", "0", "workload[1].users.count: must be at least 1, got 0"],
      ["crash-nod:", "crash-nod", "drills[1].crash-nod: unknown key «crash-nod»; did you mean «crash-node»?"],
      ["p99 < 2\n", "p99 < 2", "expect[0]: needs a duration such as"],
      ["hitrat > 90%", "hitrat > 90%", "expect[1]: needs a known metric: p50"],
      ["blogs.p99 < 2ms", "blogs.p99 < 2ms", "expect[2]: needs a workload: pages"],
      ["p99 < 2ms sometimes", "p99 < 2ms sometimes", "expect[3]: needs a window: after warmup"],
    ]);
  });

  test("what follows from a mistake only is not told: nobody knows what would be so", async () => {
    // The drill's shard and time, the client's name and the parameters would all be wrong in what stands in for the rest.
    const text = `name: x
duration: soon
warmup: 30m
cluster: { engine: valkey-9, node: cache.r7g.large, shards: many, replicas: lots, management: mine, parameters: { hz: 20 } }
clients: [{ nme: web }]
origin: { latency: 4ms }
workload:
  - { name: w, client: web, pattern: { cache-aside: {} }, rate: [1], keys: { count: 10 } }
drills:
  - { at: 5h, crash-node: { role: replica, shard: 9, replica: 4 } }
expect: [p99 < 2ms after 2h]
`;
    expect(await problems(text)).toEqual([
      expect.stringContaining("duration: needs a duration"),
      expect.stringContaining("cluster.engine: the text «valkey-9» is not one of"),
      expect.stringContaining("cluster.shards: needs a whole number"),
      expect.stringContaining("cluster.replicas: needs a whole number"),
      expect.stringContaining("cluster.management: the text «mine» is not one of"),
      expect.stringContaining("clients[0].name: is missing"),
      expect.stringContaining("clients[0].nme: unknown key"),
      expect.stringContaining("workload[0].rate: needs a number or text with a unit"),
    ]);
  });
});

describe("places", () => {
  test.each<[string, string, Mistake[]]>([
    [
      "a key of the top that is missing",
      BASE.replace(/^clients.*\n/mu, ""),
      [["name: small", "n", "clients: is missing: needs a list"]],
    ],
    [
      "a missing key is shown at the mapping that lacks it",
      BASE.replace("engine: valkey-8.0, ", ""),
      [["cluster: {", "cluster", "cluster.engine: is missing: needs one of valkey-7.2"]],
    ],
    [
      "a missing key of a list's element",
      BASE.replace("name: web", "instances: 2"),
      [["{ instances: 2 }", "{ instances: 2 }", "clients[0].name: is missing: needs text"]],
    ],
    [
      "the wrong kind of thing",
      BASE.replace("[{ name: web }]", "web"),
      [["web", "web", "clients: needs a list, got the text «web»"]],
    ],
    ["Windows line ends", BASE.replace("50/s", "50x").replaceAll("\n", "\r\n"), [["50x", "50x", "«x» is unknown"]]],
    [
      "a merge key",
      BASE.replace("cluster: {", "cluster: { <<: { shards: three },"),
      [["cluster:", "cluster", "cluster.shards: needs a whole number"]],
    ],
    [
      "text over several lines is underlined in its first",
      BASE.replace("rate: 50/s", "rate: >\n      50x"),
      [[">\n", ">", "«x» is unknown"]],
    ],
  ])("%s", async (_name, text, mistakes) => {
    await expectMistakes(text, mistakes);
  });

  test("a caret far to the right stays under its place", async () => {
    const text = BASE.replace("{ name: web }", `{ name: ${"w".repeat(300)}, instances: none, timeout: 1s }`);
    const [issue] = await issuesOf({ file: file(text) });
    const [, source, caret] = formatIssue(issue).split("\n");
    expect(source.length).toBeLessThan(130);
    expect(source.slice(caret.indexOf("^"), caret.length)).toBe("none");
  });
});

describe("the form", () => {
  const issue = (message: string, text = "a: b"): Issue => ({
    position: { file: "f.yaml", line: 3, column: 4, text, length: 1 },
    origin: "f.yaml",
    path: "a",
    message,
  });

  test("file:line:column, path, message, the line and the caret", () => {
    expect(formatIssue(issue("is wrong"))).toBe("f.yaml:3:4: a: is wrong\n    3 | a: b\n      |    ^");
  });

  test("control characters of a file do not reach the terminal, and move nothing", () => {
    const shown = formatIssue(issue("got «\u001b[31mred\u0007»\n", "a:\tb\u001b]0;title\u0007"));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about.
    expect(shown.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/u);
    expect(shown).toBe("f.yaml:3:4: a: got «·[31mred·» \n    3 | a: b·]0;title·\n      |    ^");
  });

  test("several are counted, one is not", () => {
    expect(formatIssues([issue("one")])).not.toContain("problem");
    expect(formatIssues([issue("one"), issue("two")])).toMatch(/\^\n\nf\.yaml.*\^\n\n2 problems$/su);
  });
});
