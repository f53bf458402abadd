// A user: whether it may log in and how, and what it may do.

import { type KeyPattern, READ, type Selector, WRITE } from "./selector.ts";

export class User {
  enabled = false;
  /** Any password will do. */
  nopass = false;
  /** What this user brings to RESTORE is looked at closely. */
  sanitizePayload = true;
  /** SHA-256 in hexadecimal. */
  passwords: string[] = [];
  /** The root first. */
  selectors: Selector[];

  constructor(
    readonly name: string,
    root: Selector,
  ) {
    this.selectors = [root];
  }

  get root(): Selector {
    return this.selectors[0];
  }

  /** The same rules under another name. */
  copy(name = this.name): User {
    const copy = new User(name, this.root);
    copy.become(this);
    return copy;
  }

  /** Takes over all rules of another user. */
  become(other: User): void {
    this.enabled = other.enabled;
    this.nopass = other.nopass;
    this.sanitizePayload = other.sanitizePayload;
    this.passwords = [...other.passwords];
    this.selectors = other.selectors.map(selector => selector.copy());
  }

  /** Nothing is forbidden to it. */
  get isUnrestricted(): boolean {
    return this.selectors.some(({ allCommands, allKeys, allChannels }) => allCommands && allKeys && allChannels);
  }

  flags(): string[] {
    const flags = [this.enabled ? "on" : "off"];
    if (this.nopass) flags.push("nopass");
    flags.push(this.sanitizePayload ? "sanitize-payload" : "skip-sanitize-payload");
    return flags;
  }

  /** All rules in one line, as ACL LIST and the ACL file have them. */
  describe(): string {
    const passwords = this.passwords.map(hash => `#${hash}`);
    const others = this.selectors.slice(1).map(selector => `(${describeSelector(selector)})`);
    return [...this.flags(), ...passwords, describeSelector(this.root), ...others].join(" ");
  }
}

export function describeKeys({ allKeys, keys }: Selector): string {
  return allKeys ? "~*" : keys.map(describeKey).join(" ");
}

function describeKey({ permissions, pattern }: KeyPattern): string {
  if (permissions === (READ | WRITE)) return `~${pattern}`;
  return `%${permissions === READ ? "R" : "W"}~${pattern}`;
}

export function describeChannels({ allChannels, channels }: Selector): string {
  return allChannels ? "&*" : channels.map(channel => `&${channel}`).join(" ");
}

export function describeCommands({ future, rules }: Selector): string {
  return [future ? "+@all" : "-@all", ...rules].join(" ");
}

function describeSelector(selector: Selector): string {
  const channels = describeChannels(selector);
  const parts = [
    describeKeys(selector),
    selector.allChannels ? channels : `resetchannels ${channels}`.trimEnd(),
    describeCommands(selector),
  ];
  return parts.filter(part => part !== "").join(" ");
}
