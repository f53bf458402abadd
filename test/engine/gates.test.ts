import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/engine/commands/index.ts";
import * as errors from "../../src/engine/errors.ts";
import { ErrorReply } from "../../src/engine/reply.ts";
import { type Talk, talk } from "./harness.ts";

const MOVED = "-MOVED 12182 10.0.0.2:6379";

/** What can stand in a call's way, in the server's order, and how each is cleared. */
const OBSTACLES: readonly { reply: string; clear: (say: Talk) => void }[] = [
  { reply: "-NOAUTH Authentication required.", clear: say => (say.session.authenticated = true) },
  {
    reply: "-NOPERM this user has no permissions to run the 'set' command",
    clear: say => (say.engine.access = null),
  },
  { reply: MOVED, clear: say => (say.engine.cluster = null) },
  { reply: "-OOM command not allowed when used memory > 'maxmemory'.", clear: say => say("CONFIG SET maxmemory 0") },
  {
    reply: "-NOREPLICAS Not enough good replicas to write.",
    clear: say => {
      say.engine.goodReplicas = 1;
      say.engine.role = "replica";
      say.engine.linkUp = false;
    },
  },
  {
    reply: "-READONLY You can't write against a read only replica.",
    clear: say => say("CONFIG SET replica-read-only no"),
  },
  {
    reply: "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    clear: say => (say.engine.linkUp = true),
  },
  { reply: "-LOADING Redis is loading the dataset in memory", clear: say => (say.engine.isLoading = false) },
  { reply: "+OK", clear: () => {} },
];

/** An engine on which everything is wrong at once. */
function obstructed(): Talk {
  const say = talk({
    parameters: { "replica-serve-stale-data": "no", "min-replicas-to-write": "1", "replica-ignore-maxmemory": "no" },
  });
  const { engine, session } = say;
  engine.execute(session, ["CONFIG", "SET", "maxmemory", "1"]);
  session.authenticated = false;
  engine.access = (_session, command) =>
    command.name === "set" && command.fullName === "set"
      ? new ErrorReply("NOPERM this user has no permissions to run the 'set' command")
      : null;
  engine.cluster = { refusal: () => new ErrorReply(MOVED.slice(1)) };
  engine.isLoading = true;
  return say;
}

describe("the gates", () => {
  it("refuse a write for one reason after the other, in the server's order", () => {
    const say = obstructed();
    // Loading is in the way of the gates before it too: it stands last, but nothing is evicted meanwhile.
    say.engine.isLoading = false;
    for (const { reply, clear } of OBSTACLES.slice(0, 7)) {
      expect(say("SET foo bar")).toBe(reply);
      clear(say);
    }
    say.engine.isLoading = true;
    for (const { reply, clear } of OBSTACLES.slice(7)) {
      expect(say("SET foo bar")).toBe(reply);
      clear(say);
    }
  });

  it("look at name and arity before anything else", () => {
    const say = obstructed();
    expect(say("NOSUCH a b")).toBe("-ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' ");
    expect(say("SET foo")).toBe("-ERR wrong number of arguments for 'set' command");
    expect(say("CONFIG NOSUCH")).toBe("-ERR unknown subcommand 'NOSUCH'. Try CONFIG HELP.");
    expect(say("OBJECT ENCODING")).toBe("-ERR wrong number of arguments for 'object|encoding' command");
    expect(say("CONFIG")).toBe("-ERR wrong number of arguments for 'config' command");
  });

  it("refuse DEBUG before authentication, and let it through when its owner opens it", () => {
    const say = obstructed();
    expect(say("DEBUG SLEEP 0")).toMatch(
      /^-ERR DEBUG command not allowed\. If the enable-debug-command option is set/u,
    );
    expect(say("DEBUG OBJECT k")).toMatch(/^-ERR DEBUG command not allowed/u);
    say.engine.allowProtected = true;
    expect(say("DEBUG SLEEP 0")).toBe("-NOAUTH Authentication required.");
  });

  it("let AUTH, HELLO, QUIT and RESET through without authentication, and nothing else", () => {
    const open = [...COMMANDS.values()].filter(command => {
      const say = talk();
      say("CONFIG SET requirepass secret");
      say.session.authenticated = false;
      const argv = [command.name, ...new Array(Math.max(0, Math.abs(command.arity) - 1)).fill("x")];
      return say(argv[0], ...argv.slice(1)) !== "-NOAUTH Authentication required.";
    });
    const names = open.map(command => command.name).filter(name => !COMMANDS.get(name)!.children);
    // DEBUG is refused before that.
    expect(names.sort()).toEqual(["auth", "debug", "hello", "quit", "reset"]);
  });

  it("compute the slot of all keys: CROSSSLOT after authentication, redirection by the cluster's view", () => {
    const say = talk();
    const asked: number[] = [];
    say.engine.cluster = {
      refusal: slot => {
        asked.push(slot);
        return slot === 12_182 ? new ErrorReply(MOVED.slice(1)) : null;
      },
    };
    say.session.authenticated = false;
    expect(say("MSET foo 1 bar 2")).toBe("-NOAUTH Authentication required.");
    say.session.authenticated = true;
    expect(say("MSET foo 1 bar 2")).toBe("-CROSSSLOT Keys in request don't hash to the same slot");
    expect(say("MSET {t}foo 1 {t}bar 2")).toBe("+OK");
    expect(say("GET foo")).toBe(MOVED);
    expect(say("PING")).toBe("+PONG");
    expect(asked).toHaveLength(2);
    const { engine } = say;
    expect(engine.execute(engine.session(2, true), ["MSET", "foo", "1", "bar", "2"])).toEqual({ text: "OK" });
  });

  it("ASKING holds for the one call that follows, refused or not", () => {
    const say = talk();
    const seen: boolean[] = [];
    say.engine.cluster = {
      refusal: (_slot, session) => {
        seen.push(session.asking);
        return null;
      },
    };
    for (const line of ["ASKING", "GET a", "GET a", "ASKING", "NOSUCH", "GET a", "ASKING", "GET", "GET a"]) say(line);
    expect(seen).toEqual([true, false, false, false]);
  });

  it("OOM refuses only what is marked so, min-replicas only writes", () => {
    const say = talk();
    say("SET foo bar");
    say("CONFIG SET maxmemory 1");
    for (const command of COMMANDS.values()) {
      if (command.children !== null || command.name === "debug") continue;
      const argv = [command.name, ...new Array(Math.abs(command.arity) - 1).fill("foo")];
      const denied = command.spec.flags & (1 << 2);
      expect(say(argv[0], ...argv.slice(1)) === `-${errors.OOM.text}`, command.name).toBe(denied !== 0);
    }
    const strict = talk({ parameters: { "min-replicas-to-write": "2" } });
    strict.engine.goodReplicas = 1;
    expect(strict("SET k v")).toBe("-NOREPLICAS Not enough good replicas to write.");
    expect(strict("GET k")).toBe("(nil)");
    strict.engine.goodReplicas = 2;
    expect(strict("SET k v")).toBe("+OK");
    strict.engine.goodReplicas = 0;
    strict("CONFIG SET min-replicas-max-lag 0");
    expect(strict("SET k v"), "a lag of 0 turns the rule off").toBe("+OK");
  });

  it("LOADING names the product, lets INFO and CONFIG through, refuses PING", () => {
    for (const [profile, product] of [
      ["redis-7.0", "Redis"],
      ["valkey-8.0", "Valkey"],
    ]) {
      const say = talk({ profile });
      say.engine.isLoading = true;
      expect(say("GET k")).toBe(`-LOADING ${product} is loading the dataset in memory`);
      expect(say("PING")).toBe(`-LOADING ${product} is loading the dataset in memory`);
      expect(say("CONFIG GET hz")).toEqual(["$hz", "$10"]);
      expect(say("INFO persistence")).toContain("loading:1");
    }
  });

  it("count refused calls, and failed ones apart from them", () => {
    const say = talk();
    say("SET k");
    say("INCR k", "x");
    say("SET k v");
    say("INCR k");
    say("NOSUCH");
    const text = String(say("INFO stats commandstats"));
    expect(text).toContain("cmdstat_set:calls=1,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=0");
    expect(text).toContain("cmdstat_incr:calls=1,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=1");
    expect(text).toContain("total_error_replies:4");
    expect(say.engine.stats.rejectedCalls).toBe(3);
  });
});
