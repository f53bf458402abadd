import { describe, expect, it } from "vitest";
import { talk } from "../harness.ts";

const WRONG = "-WRONGPASS invalid username-password pair or user is disabled.";

describe("the connection", () => {
  it.each([
    ["PING", "+PONG"],
    ["PING hello", "$hello"],
    ["PING a b", "-ERR wrong number of arguments for 'ping' command"],
    ["ECHO hello", "$hello"],
    ["QUIT", "+OK"],
    ["RESET", "+RESET"],
    ["READONLY", "-ERR This instance has cluster support disabled"],
    ["READWRITE", "-ERR This instance has cluster support disabled"],
    ["ASKING", "-ERR This instance has cluster support disabled"],
    ["CLIENT ID", ":1"],
    ["CLIENT GETNAME", "(nil)"],
    ["CLIENT SETNAME me", "+OK"],
    ["CLIENT SETINFO LIB-NAME lib", "+OK"],
    ["CLIENT SETINFO NOSUCH lib", "-ERR Unrecognized option 'NOSUCH'"],
    ["CLIENT NO-TOUCH maybe", "-ERR syntax error"],
    ["CLIENT NOSUCH", "-ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP."],
    ["AUTH secret", expect.stringMatching(/^-ERR AUTH <password> called without any password configured/u)],
    ["AUTH default anything", "+OK"],
    ["AUTH nobody anything", WRONG],
    ["AUTH a b c", "-ERR syntax error"],
    ["HELLO 1", "-NOPROTO unsupported protocol version"],
    ["HELLO x", "-ERR Protocol version is not an integer or out of range"],
    ["HELLO 2 NOSUCH", "-ERR Syntax error in HELLO option 'NOSUCH'"],
    ["HELLO 2 AUTH default", "-ERR Syntax error in HELLO option 'AUTH'"],
    ["HELLO 2 AUTH nobody x", WRONG],
  ])("%s answers %s", (line, reply) => {
    expect(talk()(line)).toEqual(reply);
  });

  it.each([
    ["redis-7.0", "redis", "7.0.15"],
    ["valkey-8.0", "valkey", "8.0.1"],
  ])("HELLO of %s tells %s %s, the protocol, mode and role", (profile, server, version) => {
    const say = talk({ profile });
    const reply = ["$server", `$${server}`, "$version", `$${version}`, "$proto", ":3", "$id", ":1"];
    expect(say("HELLO 3 SETNAME me")).toEqual([...reply, "$mode", "$standalone", "$role", "$master", "$modules", []]);
    expect(say.session.resp).toBe(3);
    expect(say("CLIENT GETNAME")).toBe("$me");
    say.engine.role = "replica";
    expect(say("HELLO")).toContain("$replica");
  });

  it("CLIENT SETNAME name takes no spaces, and an empty name takes it back", () => {
    const say = talk();
    const error = "-ERR Client names cannot contain spaces, newlines or special characters.";
    say("CLIENT SETNAME me");
    for (const name of ["a b", "a\nb", "\x7f", "\xff"]) expect(say("CLIENT", "SETNAME", name)).toBe(error);
    expect(say("CLIENT GETNAME")).toBe("$me");
    expect(say("CLIENT", "SETNAME", "")).toBe("+OK");
    expect(say("CLIENT GETNAME")).toBe("(nil)");
  });

  it("a password lets nobody in without it, and those who are in stay", () => {
    const say = talk();
    say("CONFIG SET requirepass secret");
    expect(say("PING")).toBe("+PONG");
    const other = talk({ parameters: { requirepass: "secret" } });
    expect(other("PING")).toBe("-NOAUTH Authentication required.");
    expect(other("AUTH wrong")).toBe(WRONG);
    expect(other("AUTH default wrong")).toBe(WRONG);
    expect(other("HELLO 3")).toBe(
      "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time",
    );
    expect(other("HELLO 2 AUTH default secret")).toContain("$server");
    expect(other("PING")).toBe("+PONG");
    other("RESET");
    expect(other("PING")).toBe("-NOAUTH Authentication required.");
    expect(other("AUTH secret")).toBe("+OK");
    expect(other("PING")).toBe("+PONG");
  });

  it("RESET puts database, name, protocol and modes back", () => {
    const say = talk();
    say.engine.cluster = { refusal: () => null };
    for (const line of ["SELECT 3", "HELLO 3 SETNAME me", "CLIENT NO-TOUCH ON", "READONLY", "ASKING", "RESET"])
      say(line);
    const { db, name, resp, noTouch, readonly, asking, authenticated } = say.session;
    expect({ db, name, resp, noTouch, readonly, asking, authenticated }).toEqual({
      ...{ db: 0, name: "", resp: 2, noTouch: false },
      ...{ readonly: false, asking: false, authenticated: true },
    });
  });

  it("READONLY and READWRITE in a cluster set the session's mode; QUIT asks to be closed", () => {
    const say = talk();
    say.engine.cluster = { refusal: () => null };
    expect(say("READONLY")).toBe("+OK");
    expect(say.session.readonly).toBe(true);
    say("READWRITE");
    expect(say.session.readonly).toBe(false);
    say("QUIT");
    expect(say.session.closing).toBe(true);
  });

  it("command names are found in any case, unknown ones quoted as the server does", () => {
    const say = talk();
    expect(say("pInG")).toBe("+PONG");
    expect(say("cOnFiG gEt hz")).toEqual(["$hz", "$10"]);
    expect(say("nosuch")).toBe("-ERR unknown command 'nosuch', with args beginning with: ");
    expect(say("no\r\nsuch", "a\r\nb")).toBe("-ERR unknown command 'no  such', with args beginning with: 'a  b' ");
    expect(say("no\0such", "a\0b", "c")).toBe("-ERR unknown command 'no', with args beginning with: 'a' 'c' ");
    const many = say("nosuch", ..."x".repeat(200).split(""));
    expect(many).toBe(`-ERR unknown command 'nosuch', with args beginning with: ${"'x' ".repeat(32)}`);
    expect(say("nosuch", "y".repeat(500))).toBe(
      `-ERR unknown command 'nosuch', with args beginning with: '${"y".repeat(128)}' `,
    );
    expect(say("z".repeat(200))).toBe(`-ERR unknown command '${"z".repeat(128)}', with args beginning with: `);
  });
});
