// Logging in: tokens, users and their rights, IAM, and what becomes of connections when a password changes.

import { describe, expect, it } from "vitest";
import { passwordOf, TOKEN } from "../../src/models/access/access.ts";
import { restartInstance } from "../../src/models/clients/restart.ts";
import type { AccessConfig, LoginConfig } from "../../src/models/config.ts";
import { DONE, FAILED } from "../../src/models/outcome.ts";
import type { World } from "../../src/models/world.ts";
import { CALM, commands, outcomes, runTo, smallWorld, type Wanted } from "./world.ts";

const SECOND = 1e9;
const NEVER = Number.POSITIVE_INFINITY;
const IAM = { tokenNs: 900 * SECOND, connectionNs: 43_200 * SECOND };
const BY_TOKEN: AccessConfig = { token: true, users: [], iam: IAM };
const TOKEN_LOGIN: LoginConfig = { user: null, freshTokens: false, reauthNs: NEVER };

function world(access: AccessConfig, login: LoginConfig, more: Wanted = {}): World {
  return smallWorld({
    zones: 1,
    rate: 50,
    seconds: 30,
    latency: CALM,
    ...more,
    cluster: { shards: 1, replicasPerShard: 1, multiAz: false, access, ...more.cluster },
    client: { instances: 2, login, ...more.client },
  });
}

describe("an AUTH token", () => {
  it("lets in who has it, from the start and when connections are opened anew", () => {
    const one = runTo(world(BY_TOKEN, TOKEN_LOGIN, { client: { pool: { lifetimeNs: SECOND } } }), 10);
    expect(one.clients[0].connections.dialer.attempts).toBeGreaterThanOrEqual(15);
    expect(one.clients[0].login!.refused).toBe(0);
    expect(outcomes(one)[FAILED]).toBe(0);
  });

  it("that is replaced shuts out new connections only: the engine closes none", () => {
    const one = world(BY_TOKEN, TOKEN_LOGIN, { workload: commands("GET {key}") });
    runTo(one, 5);
    one.access!.accept(TOKEN, [1]);
    runTo(one, 10);
    expect(outcomes(one)[FAILED]).toBe(0);
    one.clients[0].connections.endings.all();
    runTo(one, 15);
    const { login, counters } = one.clients[0];
    expect(login!.refused).toBeGreaterThan(100);
    expect(outcomes(one)[FAILED]).toBeGreaterThan(100);
    // Being refused is no lost connection, and tells nothing about the topology.
    expect(counters.connectionErrors).toBeLessThan(50);
    expect(one.cluster.nodes[0].engine.acl.denied.auth).toBe(login!.refused);
    for (const instance of [0, 1]) login!.learn(instance, 1);
    const failed = outcomes(one)[FAILED];
    runTo(one, 30);
    expect(outcomes(one)[FAILED]).toBeLessThan(failed + 60);
    expect(one.clients[0].openConnections).toBeGreaterThan(0);
  });

  it("two are valid at a time, on nodes that come later too", () => {
    const one = world(BY_TOKEN, TOKEN_LOGIN);
    one.access!.accept(TOKEN, [0, 1]);
    const node = one.cluster.addNode(0, 7, 0);
    for (const { engine } of [one.cluster.nodes[0], node]) {
      const session = engine.session(99);
      expect(session.authenticated).toBe(false);
      for (const version of [0, 1]) {
        expect(engine.execute(session, ["AUTH", passwordOf(TOKEN, version)])).not.toMatchObject({ code: "WRONGPASS" });
      }
      expect(engine.execute(session, ["AUTH", passwordOf(TOKEN, 2)])).toMatchObject({ code: "WRONGPASS" });
    }
  });
});

describe("a user of RBAC", () => {
  it("may do what its access string says, and is told NOPERM about the rest", () => {
    const rules = ["on", "~product:*", "-@all", "+@read", "+@connection"];
    const access: AccessConfig = { token: false, users: [{ name: "reader", rules, proof: "password" }], iam: IAM };
    const login = { user: 0, freshTokens: false, reauthNs: NEVER };
    const one = runTo(world(access, login, { workload: commands("GET {key}", "SET {key} {value}") }), 20);
    const { errorReplies } = one.clients[0].counters;
    const { command } = one.cluster.nodes[0].engine.acl.denied;
    expect(errorReplies).toBe(command);
    expect(errorReplies / 1_000).toBeCloseTo(0.5, 1);
    expect(outcomes(one)[DONE] + outcomes(one)[FAILED]).toBeGreaterThan(900);
  });

  it("reads from a replica as itself", () => {
    const rules = ["on", "~*", "-@all", "+get"];
    const access: AccessConfig = { token: false, users: [{ name: "reader", rules, proof: "password" }], iam: IAM };
    const login = { user: 0, freshTokens: false, reauthNs: NEVER };
    const one = world(access, login, { workload: commands("GET {key}"), client: { readFrom: "replica" } });
    runTo(one, 10);
    expect(one.clients[0].counters.errorReplies).toBe(0);
    expect(one.cluster.nodes[1].engine.acl.denied.command).toBe(0);
    expect(outcomes(one)[DONE]).toBeGreaterThan(400);
  });
});

describe("IAM", () => {
  const access: AccessConfig = {
    token: false,
    users: [{ name: "app", rules: ["on", "~*", "+@all"], proof: "iam" }],
    iam: { tokenNs: 5 * SECOND, connectionNs: 12 * SECOND },
  };
  const group = (login: Partial<LoginConfig>, lifetimeNs = NEVER) =>
    world(
      access,
      { user: 0, freshTokens: true, reauthNs: NEVER, ...login },
      {
        workload: commands("GET {key}"),
        client: { pool: { lifetimeNs } },
      },
    );

  it("a token made at the start opens connections for its lifetime, and those stand for theirs", () => {
    const one = group({ freshTokens: false });
    runTo(one, 11.9);
    expect([one.clients[0].login!.refused, one.clients[0].login!.expired]).toEqual([0, 0]);
    runTo(one, 20);
    expect(one.clients[0].login!.expired).toBeGreaterThanOrEqual(2);
    expect(one.clients[0].login!.refused).toBeGreaterThan(100);
    expect(one.clients[0].openConnections).toBe(0);
  });

  it("an instance that restarts has a token as young as it is", () => {
    const one = group({ freshTokens: false }, SECOND);
    runTo(one, 10);
    const [client] = one.clients;
    expect(client.openConnections).toBe(0);
    for (let i = 0; i < client.config.instances; i++) {
      restartInstance(client, one.connections, one.requests, i, one.sim.now);
    }
    const { refused } = client.login!;
    runTo(one, 14.5);
    expect([client.openConnections > 0, client.login!.refused]).toEqual([true, refused]);
    runTo(one, 20);
    expect(client.login!.refused).toBeGreaterThan(refused);
  });

  it("new connections fail as soon as the token is too old", () => {
    const one = group({ freshTokens: false }, SECOND);
    runTo(one, 4.5);
    expect(outcomes(one)[FAILED]).toBe(0);
    runTo(one, 10);
    expect(one.clients[0].login!.firstRefusedNs! / SECOND).toBeCloseTo(5, 0);
    expect(outcomes(one)[FAILED]).toBeGreaterThan(100);
  });

  it("a token for every login survives both limits: what is closed is opened again", () => {
    const one = runTo(group({}), 30);
    expect(one.clients[0].login!.expired).toBeGreaterThan(0);
    expect(one.clients[0].login!.refused).toBe(0);
    expect(outcomes(one)[FAILED]).toBe(0);
  });

  it("AUTH sent anew in time keeps connections open", () => {
    const one = runTo(group({ reauthNs: 6 * SECOND }), 30);
    expect([one.clients[0].login!.expired, one.clients[0].login!.refused]).toEqual([0, 0]);
  });
});
