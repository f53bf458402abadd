// Who may do what on a cluster: AUTH tokens, users of RBAC, IAM. The engine's own ACL decides: tokens and access strings are
// rules of ACL SETUSER on every node, a login is an AUTH that the engine answers, and each command of a user passes the
// engine's gate, NOPERM included.
//
//   AUTH   one token, the default user's password. ROTATE adds a second one, both are valid; SET leaves only the new one
//   RBAC   users with an access string and up to two passwords
//   IAM    a signed token instead of a password, valid for 15 minutes from when it was made; what it opened is closed by the
//          service 12 hours after its last AUTH. The engine has the user without a password: the service in front of it has
//          checked the signature
//
// A new password does not touch connections that are open: they have proved who they are (as in the engine: ACL SETUSER
// closes nothing). The seed article saw SET disconnect everybody; a drill can do that.
//
// Sources: ElastiCache user guide, auth, Clusters.RBAC, auth-iam (2026). Left out: throttling of IAM logins, the time that
// signing takes (none of it is a network call), access strings that change while the cluster runs.

import { assert } from "../../assert.ts";
import type { Bytes } from "../../engine/bytes.ts";
import { ErrorReply } from "../../engine/reply.ts";
import type { AccessConfig } from "../config.ts";
import type { Node } from "../node.ts";
import { CONTROL_SESSION } from "../node-sessions.ts";

/** The default user, who has the AUTH token. */
export const TOKEN = -1;

export function passwordOf(user: number, version: number): string {
  return user === TOKEN ? `auth-token-number-${version}` : `password-number-${version}-of-user-${user}`;
}

export class Access {
  private readonly nodes: Node[] = [];
  /** By user, TOKEN first: the versions of its password that are valid. */
  private readonly valid: number[][];

  constructor(readonly config: AccessConfig) {
    this.valid = Array.from({ length: config.users.length + 1 }, () => [0]);
  }

  /** Valid versions of a user's password. */
  versions(user: number): readonly number[] {
    return this.valid[user - TOKEN];
  }

  /** A node of the cluster begins, with the rules that hold now. */
  setUp(node: Node): void {
    this.nodes.push(node);
    const { users, token } = this.config;
    users.forEach(({ name, rules, proof }, user) => {
      this.setUser(node, name, [...rules, ...(proof === "iam" ? ["nopass"] : this.passwords(user))]);
    });
    if (token) this.setUser(node, "default", this.passwords(TOKEN));
  }

  private passwords(user: number): string[] {
    return ["resetpass", ...this.versions(user).map(version => `>${passwordOf(user, version)}`)];
  }

  private setUser({ engine }: Node, name: string, rules: readonly Bytes[]): void {
    const reply = engine.execute(engine.session(CONTROL_SESSION, true), ["ACL", "SETUSER", name, ...rules]);
    assert(!(reply instanceof ErrorReply), `ACL SETUSER ${name}: ${String((reply as ErrorReply).text)}`);
  }

  /** From now on these versions of a user's password are valid, on every node. */
  accept(user: number, versions: readonly number[]): void {
    this.valid[user - TOKEN] = [...versions];
    const name = user === TOKEN ? "default" : this.config.users[user].name;
    for (const node of this.nodes) this.setUser(node, name, this.passwords(user));
  }
}
