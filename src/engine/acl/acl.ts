// Users and what they may do. The gate every call passes, logging in, and the rules that commands, configuration lines
// and the ACL file bring.

import { type Bytes, textOf } from "../bytes.ts";
import { clientLine } from "../clients.ts";
import type { Command } from "../command.ts";
import type { Engine } from "../engine.ts";
import type { Parameters } from "../parameters.ts";
import { ErrorReply } from "../reply.ts";
import type { Session } from "../session.ts";
import { type Denial, denialOf, denialText } from "./check.ts";
import { closeConnection, killListeners } from "./listeners.ts";
import { AclLog, type LogContext } from "./log.ts";
import { applyRule, mergeSelectors, newSelector, type RuleContext } from "./rules.ts";
import { sha256 } from "./sha256.ts";
import { User } from "./user.ts";

/** How often access was refused, by reason. */
export class AccessStats {
  auth = 0;
  command = 0;
  key = 0;
  channel = 0;

  reset(): void {
    this.auth = this.command = this.key = this.channel = 0;
  }
}

export class Acl {
  private byName = new Map<string, User>();
  readonly log = new AclLog();
  readonly denied = new AccessStats();

  constructor(
    private readonly engine: Engine,
    private readonly commandCount: number,
  ) {
    this.byName.set("default", this.newDefault());
  }

  /** Who everybody is that has not said otherwise. */
  get default(): User {
    return this.byName.get("default")!;
  }

  user(name: string): User | undefined {
    return this.byName.get(name);
  }

  /** In the order of names. */
  get users(): readonly User[] {
    return [...this.byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get context(): RuleContext {
    return {
      commands: this.engine.commands,
      commandCount: this.commandCount,
      allChannelsByDefault: this.engine.parameters.text("acl-pubsub-default") === "allchannels",
    };
  }

  private newUser(name: string): User {
    return new User(name, newSelector(this.context));
  }

  newDefault(): User {
    const user = this.newUser("default");
    for (const rule of ["+@all", "~*", "&*", "on", "nopass"]) applyRule(user, rule, this.context);
    return user;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Logging in.

  /** Whether a new connection may do anything before it has logged in. */
  get isOpen(): boolean {
    return this.default.nopass && this.default.enabled;
  }

  authenticate(session: Session, name: string, password: string, object: string): boolean {
    const user = this.byName.get(name);
    if (user === undefined || !user.enabled || !(user.nopass || user.passwords.includes(sha256(password)))) {
      this.refused(session, "auth", object, name);
      return false;
    }
    session.authenticated = true;
    session.user = name;
    return true;
  }

  /** requirepass, whenever it changes, is the default user's password. */
  followPassword(parameters: Parameters): void {
    let known = "";
    parameters.onChange(() => {
      const password = parameters.text("requirepass");
      if (password === known) return;
      known = password;
      this.setDefaultPassword(password);
    });
  }

  /** None means that the default user needs none. */
  private setDefaultPassword(password: string): void {
    applyRule(this.default, "resetpass", this.context);
    applyRule(this.default, password === "" ? "nopass" : `>${password}`, this.context);
    this.changed();
  }

  // -------------------------------------------------------------------------------------------------------------
  // The gate.

  /** Why a call is refused, or null. */
  readonly check = (session: Session, command: Command, argv: readonly Bytes[]): ErrorReply | null => {
    return this.checkIn(session, command, argv, session.transaction === null ? "toplevel" : "multi");
  };

  checkIn(session: Session, command: Command, argv: readonly Bytes[], context: LogContext): ErrorReply | null {
    const denial = this.denialFor(session, command, argv, context);
    if (denial === null) return null;
    const telling = { verbose: false, nameless: this.engine.profile.product === "redis" };
    return new ErrorReply(`NOPERM ${denialText(denial, this.userOf(session), command, argv, telling)}`);
  }

  /** What is in the way of a call, noted in the log; null when it may run. */
  denialFor(session: Session, command: Command, argv: readonly Bytes[], context: LogContext): Denial | null {
    if (session.fromPrimary) return null;
    const user = this.userOf(session);
    if (user.isUnrestricted) return null;
    const denial = denialOf(user, command, argv);
    if (denial === null) return null;
    const object = denial.reason === "command" ? command.fullName : textOf(argv[denial.position]);
    this.refused(session, denial.reason, object, user.name, context);
    return denial;
  }

  /** Whether the connection's user may run a call; noted nowhere. */
  allows(session: Session, command: Command, argv: readonly Bytes[]): boolean {
    const user = this.userOf(session);
    return user.isUnrestricted || denialOf(user, command, argv) === null;
  }

  userOf(session: Session): User {
    return this.byName.get(session.user) ?? this.default;
  }

  private refused(
    session: Session,
    reason: Denial["reason"] | "auth",
    object: string,
    user: string,
    context: LogContext = session.transaction === null ? "toplevel" : "multi",
  ): void {
    this.denied[reason]++;
    const client = clientLine(this.engine.currentSession ?? session, this.engine.nowMs);
    const limit = this.engine.parameters.number("acllog-max-len");
    this.log.add({ reason, context, object, user, client }, this.engine.nowMs, limit);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Changes.

  /** Changes a user, or makes it, by all rules or none; what is wrong with them, or null. */
  setUser(name: string, rules: readonly string[]): string | null {
    const merged = mergeSelectors(rules);
    if ("unmatched" in merged) {
      return `Unmatched parenthesis in acl selector starting at '${rules[merged.unmatched]}'.`;
    }
    const existing = this.byName.get(name);
    const draft = existing?.copy() ?? this.newUser(name);
    for (const rule of merged.rules) {
      const problem = applyRule(draft, rule, this.context);
      if (problem !== null) return `Error in ACL SETUSER modifier '${rule}': ${problem}`;
    }
    if (existing === undefined) this.byName.set(name, draft);
    else {
      killListeners(this.engine, draft, existing);
      existing.become(draft);
    }
    this.changed();
    return null;
  }

  /** Removes a user and closes its connections; false when there was none. */
  deleteUser(name: string): boolean {
    if (!this.byName.delete(name)) return false;
    for (const session of [...this.engine.sessions.values()]) {
      if (session.user !== name || session.fromPrimary) continue;
      session.user = "default";
      session.authenticated = false;
      closeConnection(this.engine, session);
    }
    this.changed();
    return true;
  }

  /** Puts other users in the place of all there are, as ACL LOAD does; connections of those who are gone are closed. */
  replaceUsers(users: readonly User[]): void {
    const before = this.byName;
    const named = new Map(users.map(user => [user.name, user]));
    if (!named.has("default")) named.set("default", this.newDefault());
    this.byName = named;
    for (const [name, user] of before) {
      const next = named.get(name);
      if (next !== undefined) killListeners(this.engine, next, user);
    }
    for (const session of [...this.engine.sessions.values()]) {
      if (!session.fromPrimary && !named.has(session.user)) closeConnection(this.engine, session);
    }
    this.changed();
  }

  /** A fresh user to be filled by rules before it is known to anybody. */
  draft(name: string): User {
    return this.newUser(name);
  }

  /** As long as there is only a default user to whom nothing is forbidden, calls need not pass here. */
  private changed(): void {
    const trivial = this.byName.size === 1 && this.default.isUnrestricted;
    this.engine.access = trivial ? null : this.check;
  }
}
