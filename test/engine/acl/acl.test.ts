import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aclFileText, loadAclFile, loadConfiguredUsers } from "../../../src/engine/acl/file.ts";
import { everyCommand } from "../../../src/engine/commands/introspect.ts";
import { CATEGORIES } from "../../../src/engine/introspection/categories.ts";
import { type Talk, talk, talkTo } from "../harness.ts";
import type { Wire } from "../wire.ts";

const OK = "+OK";
const NO_KEY = "-NOPERM No permissions to access a key";
const NO_CHANNEL = "-NOPERM No permissions to access a channel";
const noCommand = (user: string, name: string) =>
  `-NOPERM User ${user} has no permissions to run the '${name}' command`;

/** A server with one more user, and a connection of that user. */
function asUser(...rules: string[]): { admin: Talk; user: Talk } {
  const admin = talk({ profile: "valkey-8.0" });
  expect(admin("ACL SETUSER alice on nopass", ...rules)).toBe(OK);
  const user = talkTo(admin.engine, admin.engine.session(2));
  expect(user("AUTH alice any")).toBe(OK);
  return { admin, user };
}

/** The fields of GETUSER. */
function getUser(say: Talk, name: string): Record<string, Wire> {
  const items = say(`ACL GETUSER ${name}`) as readonly Wire[];
  return Object.fromEntries(items.flatMap((item, i) => (i % 2 === 0 ? [[String(item).slice(1), items[i + 1]]] : [])));
}

describe("logging in", () => {
  it("takes any of the user's passwords, given plainly or as a hash, and no other", () => {
    const say = talk({ profile: "valkey-8.0" });
    const wrong = "-WRONGPASS invalid username-password pair or user is disabled.";
    say("ACL SETUSER bob >one");
    expect(say("AUTH bob one")).toBe(wrong);
    say("ACL SETUSER bob on #34344e4d60c2b6d639b7bd22e18f2b0b91bc34bf0ac5f9952744435093cfb4e6 +@all");
    expect(say("AUTH bob one")).toBe(OK);
    expect(say("AUTH bob passwd4")).toBe(OK);
    expect(say("AUTH bob two")).toBe(wrong);
    expect(say("ACL WHOAMI")).toBe("$bob");
    say("ACL SETUSER bob <one");
    expect(say("AUTH bob one")).toBe(wrong);
    expect(say("AUTH nobody one")).toBe(wrong);
  });

  it("requirepass is the default user's password, also after it has been set", () => {
    const say = talk({ profile: "valkey-8.0", parameters: { requirepass: "foobar" } });
    expect(say("GET k")).toBe("-NOAUTH Authentication required.");
    expect(say("AUTH wrong")).toMatch(/^-WRONGPASS/u);
    expect(say("AUTH foobar")).toBe(OK);
    expect(say("GET k")).toBe("(nil)");
    say("CONFIG SET requirepass abc\x00def");
    const other = talkTo(say.engine, say.engine.session(2));
    expect(other("AUTH abc")).toMatch(/^-WRONGPASS/u);
    expect(other("AUTH abc\x00def")).toBe(OK);
    other("CONFIG", "SET", "requirepass", "");
    expect(talkTo(say.engine, say.engine.session(3))("GET k")).toBe("(nil)");
  });

  it("HELLO uses the last of several logins, and names the connection only when that was right", () => {
    const say = talk({ profile: "valkey-8.0" });
    for (const name of ["a", "b"]) say(`ACL SETUSER ${name} >pass on +@all`);
    say("HELLO 2 AUTH a wrong AUTH b pass SETNAME x");
    expect([say("ACL WHOAMI"), say("CLIENT GETNAME")]).toEqual(["$b", "$x"]);
    expect(say("HELLO 2 AUTH a pass AUTH b wrong SETNAME y")).toMatch(/^-WRONGPASS/u);
    expect([say("ACL WHOAMI"), say("CLIENT GETNAME")]).toEqual(["$b", "$x"]);
  });
});

describe("what a user may do", () => {
  it.each([
    [["+get", "~a*"], "GET abc", "(nil)"],
    [["+get", "~a*"], "GET b", NO_KEY],
    [["+get", "~a*"], "SET abc 1", noCommand("alice", "set")],
    [["+@all", "~a*", "-@string"], "GET abc", noCommand("alice", "get")],
    [["+@read", "~*"], "EXISTS k", ":0"],
    [["+@all", "%R~a", "%W~b"], "COPY a b", ":0"],
    [["+@all", "%R~a", "%W~b"], "COPY b a", NO_KEY],
    [["+@all", "%W~a"], "SET a 1", OK],
    [["+@all", "%W~a"], "SET a 1 GET", NO_KEY],
    [["+@all", "%R~a"], "BITFIELD a GET u4 0", [":0"]],
    [["+@all", "%R~a"], "BITFIELD a SET u4 0 1", NO_KEY],
    [["+@all", "%R~src", "%W~dst"], "ZUNIONSTORE dst 1 src", ":0"],
    [["+@all", "%R~src", "%W~dst"], "ZUNIONSTORE src 1 dst", NO_KEY],
    [["+@all", "&news:*"], "PUBLISH news:1 x", ":0"],
    [["+@all", "&news:*"], "PUBLISH other x", NO_CHANNEL],
    [["+@all", "&news:*"], "PSUBSCRIBE news:1*", NO_CHANNEL],
    [["+client", "-client|kill"], "CLIENT KILL TYPE normal", noCommand("alice", "client|kill")],
    [["+config|get"], "CONFIG SET hz 10", noCommand("alice", "config|set")],
    [["+select|0"], "SELECT 0", OK],
    [["+select|0"], "SELECT 1", noCommand("alice", "select")],
    [["(+set ~w:*)", "(+get ~r:*)"], "SET w:1 x", OK],
    [["(+set ~w:*)", "(+get ~r:*)"], "GET w:1", NO_KEY],
    [["(+set", "~w:*", ")"], "SET w:1 x", OK],
  ])("%j lets %s answer %j", (rules, line, reply) => {
    const { user } = asUser(...rules);
    expect(user(line)).toEqual(reply);
  });

  it("nothing but logging in may be done by a user without rules", () => {
    const { user } = asUser();
    expect(user("PING")).toBe(noCommand("alice", "ping"));
    expect(user("AUTH alice x")).toBe(OK);
  });

  it("a deleted user's connections are closed, the caller's own after its reply", () => {
    const { admin, user } = asUser("+@all");
    let killed = false;
    user.session.onKill = () => {
      killed = true;
    };
    expect(admin("ACL DELUSER alice nobody")).toBe(":1");
    expect([killed, user.session.user, user.session.authenticated]).toEqual([true, "default", false]);
    expect(admin("ACL DELUSER default")).toBe("-ERR The 'default' user cannot be removed");
  });

  it("listeners are closed when channels are taken from their user, not when it gets more", () => {
    const { admin, user } = asUser("+@all", "&a", "&b*");
    let killed = 0;
    user.session.onKill = () => {
      killed++;
    };
    user.session.deliver = () => undefined;
    user("SUBSCRIBE a b1");
    admin("ACL SETUSER alice &c");
    admin("ACL SETUSER alice resetchannels &a &b* &d");
    expect(killed).toBe(0);
    admin("ACL SETUSER alice resetchannels &a");
    expect(killed).toBe(1);
  });
});

describe("rules", () => {
  it.each([
    ["%~", "Syntax error"],
    ["nonsense", "Syntax error"],
    ["+nosuch", "Unknown command or category name in ACL"],
    ["+@nosuch", "Unknown command or category name in ACL"],
    ["+config|nosuch", "Unknown command or category name in ACL"],
    ["+config|get|x", "Allowing first-arg of a subcommand is not supported"],
    ["+get|", "Syntax error"],
    ["#abc", "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters"],
    ["<never", "The password you are trying to remove from the user does not exist"],
  ])("%s is refused: %s", (rule, why) => {
    const say = talk({ profile: "valkey-8.0" });
    expect(say("ACL SETUSER x on", rule)).toBe(`-ERR Error in ACL SETUSER modifier '${rule}': ${why}`);
    expect(say("ACL GETUSER x")).toBe("(nil)");
  });

  it("are kept in the order in which they count, each once", () => {
    const say = talk({ profile: "valkey-8.0" });
    for (const [rules, shown] of [
      ["+@all -@hash -@slow +hget", "+@all -@hash -@slow +hget"],
      ["-@hash", "+@all -@slow +hget -@hash"],
      ["-@all +client|list +config|get +config +acl|list -acl", "-@all +client|list +config -acl"],
      ["-@all +select|0 +SELECT|0 +debug|segfault +debug", "-@all +select|0 +debug"],
    ]) {
      say(`ACL SETUSER x ${rules}`);
      expect(getUser(say, "x").commands).toBe(`$${shown}`);
    }
  });

  it("a described user is the same user again", () => {
    const names = [...everyCommand(talk().engine.commands)].map(({ fullName }) => fullName);
    const rule = fc.oneof(
      fc.constantFrom(...CATEGORIES).chain(name => fc.constantFrom(`+@${name}`, `-@${name}`)),
      fc.constantFrom(...names).chain(name => fc.constantFrom(`+${name}`, `-${name}`)),
      fc.constantFrom(
        "+@all",
        "-@all",
        "+select|1",
        "+get|x",
        "~a*",
        "%R~b",
        "%W~b",
        "resetkeys",
        "&c",
        "resetchannels",
      ),
      fc.constantFrom("on", "off", "nopass", ">secret", "resetpass", "skip-sanitize-payload", "(+get ~x %R~y)", "()"),
    );
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 15 }), rules => {
        const say = talk({ profile: "valkey-8.0" });
        const { acl } = say.engine;
        for (const one of rules) acl.setUser("x", [one]);
        const before = acl.user("x");
        if (before === undefined) return;
        expect(acl.setUser("y", before.describe().split(" "))).toBeNull();
        const after = acl.user("y")!;
        expect(after.describe()).toBe(before.describe());
        expect(after.selectors.map(({ commands }) => [...commands])).toEqual(
          before.selectors.map(({ commands }) => [...commands]),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe("files of users", () => {
  it("a written file brings the same users back, and closes connections of those who are gone", () => {
    const { admin, user } = asUser("+get", "~k*", "(+set ~w)");
    const text = aclFileText(admin.engine.acl);
    const before = admin("ACL LIST");
    admin("ACL SETUSER carol on");
    let killed = false;
    user.session.onKill = () => {
      killed = true;
    };
    expect(loadAclFile(admin.engine.acl, text, "users.acl")).toBeNull();
    expect(admin("ACL LIST")).toEqual(before);
    expect(killed).toBe(false);
    expect(loadAclFile(admin.engine.acl, "user bob on", "users.acl")).toBeNull();
    expect(killed).toBe(true);
    expect(admin("ACL USERS")).toEqual(["$bob", "$default"]);
  });

  it("loads all or nothing, and tells every problem", () => {
    const say = talk({ profile: "valkey-8.0" });
    const problems = loadAclFile(say.engine.acl, "user a on +nosuch\nuser a on\nnonsense\n\nuser b %~x", "f");
    expect(problems).toBe(
      "f:1: Error in applying operation '+nosuch': Unknown command or category name in ACL. " +
        "WARNING: Duplicate user 'a' found on line 2. " +
        "f:3 should start with user keyword followed by the username. " +
        "f:5: Syntax error. " +
        "WARNING: ACL errors detected, no change to the previously active ACL rules was performed",
    );
    expect(say("ACL USERS")).toEqual(["$default"]);
    expect(loadConfiguredUsers(say.engine.acl, [["x", "on"], ["x"]])).toMatch(/^Duplicate user/u);
  });

  it("without a file LOAD and SAVE say so", () => {
    expect(talk()("ACL LOAD")).toMatch(/^-ERR This instance is not configured to use an ACL file/u);
  });
});

describe("ACL LOG", () => {
  it("groups what is alike for a minute, latest first, and keeps no more than asked for", () => {
    const { admin, user } = asUser("+get", "~a");
    for (let i = 0; i < 3; i++) user("GET b");
    user("SET a 1");
    user("AUTH alice2 x");
    const entries = () =>
      (admin("ACL LOG") as readonly (readonly Wire[])[]).map(entry => [entry[1], entry[3], entry[7]]);
    expect(entries()).toEqual([
      [":1", "$auth", "$AUTH"],
      [":1", "$command", "$set"],
      [":3", "$key", "$b"],
    ]);
    admin("CONFIG SET acllog-max-len 2");
    user("GET c");
    expect(entries()).toHaveLength(2);
    expect(admin("ACL LOG 1")).toHaveLength(1);
    expect(admin("ACL LOG RESET")).toBe(OK);
    expect(entries()).toEqual([]);
    expect(String(admin("INFO stats"))).toContain("acl_access_denied_key:4\r\n");
  });
});
