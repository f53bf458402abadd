// Whether a user may run a call: one of its selectors must allow the command and all its keys and channels.

import { type Bytes, textOf } from "../bytes.ts";
import { type Command, NO_AUTH } from "../command.ts";
import { findChannels, findKeys } from "../introspection/key-finder.ts";
import type { KeyReference } from "../introspection/key-specs.ts";
import { ALLOWED, DENIED_CHANNEL, DENIED_COMMAND, DENIED_KEY, type Selector } from "./selector.ts";
import type { User } from "./user.ts";

export interface Denial {
  readonly reason: "command" | "key" | "channel";
  /** Position of the key or channel in the call; 0 for the command. */
  readonly position: number;
}

const REASONS = { [DENIED_COMMAND]: "command", [DENIED_KEY]: "key", [DENIED_CHANNEL]: "channel" } as const;

type Verdict = typeof ALLOWED | typeof DENIED_COMMAND | typeof DENIED_KEY | typeof DENIED_CHANNEL;

class Call {
  private found: readonly KeyReference[] | null = null;
  /** What was in the way last. */
  position = 0;

  constructor(
    readonly command: Command,
    readonly argv: readonly Bytes[],
  ) {}

  /** Several selectors look at the same keys. */
  private get keys(): readonly KeyReference[] {
    this.found ??= findKeys(this.command, this.argv);
    return this.found;
  }

  judgedBy(selector: Selector): Verdict {
    const { command, argv } = this;
    if ((command.flags & NO_AUTH) === 0 && !selector.allowsCommand(command, this.firstArgument())) {
      return DENIED_COMMAND;
    }
    if (!selector.allKeys && command.hasKeys) {
      for (const { position, flags } of this.keys) {
        if (selector.allowsKey(textOf(argv[position]), flags)) continue;
        this.position = position;
        return DENIED_KEY;
      }
    }
    if (selector.allChannels) return ALLOWED;
    const channels = findChannels(command, argv);
    for (const position of channels?.positions ?? []) {
      if (selector.allowsChannel(textOf(argv[position]), channels!.pattern)) continue;
      this.position = position;
      return DENIED_CHANNEL;
    }
    return ALLOWED;
  }

  private firstArgument(): string | null {
    return this.argv.length > 1 ? textOf(this.argv[1]) : null;
  }
}

/** What is in the way of a call, the nearest to being allowed of all selectors; null when one allows it. */
export function denialOf(user: User, command: Command, argv: readonly Bytes[]): Denial | null {
  const call = new Call(command, argv);
  let worst: Exclude<Verdict, typeof ALLOWED> = DENIED_COMMAND;
  let position = 0;
  for (const selector of user.selectors) {
    const verdict = call.judgedBy(selector);
    if (verdict === ALLOWED) return null;
    if (verdict > worst || (verdict === worst && call.position > position)) {
      worst = verdict;
      position = call.position;
    }
  }
  return { reason: REASONS[worst], position };
}

/** Whether a user may run a call and beyond it READ or WRITE every key: SORT … BY reads keys that nobody named. */
export function mayUseEveryKey(user: User, command: Command, argv: readonly Bytes[], needed: number): boolean {
  const call = new Call(command, argv);
  return user.selectors.some(selector => call.judgedBy(selector) === ALLOWED && selector.allowsEveryKey(needed));
}

/** How a refusal is told: to the client that was refused, or to whoever tries it out and may know the key. */
export interface Telling {
  readonly verbose: boolean;
  /** 7.0 and 7.1 do not name the user. */
  readonly nameless: boolean;
}

/** The refusal in words. */
export function denialText(
  { reason, position }: Denial,
  user: User,
  command: Command,
  argv: readonly Bytes[],
  { verbose, nameless }: Telling,
): string {
  const who = nameless ? `${verbose ? "This" : "this"} user` : `User ${user.name}`;
  if (reason === "command") return `${who} has no permissions to run the '${command.fullName}' command`;
  if (verbose) return `${who} has no permissions to access the '${textOf(argv[position])}' ${reason}`;
  if (nameless) return `${who} has no permissions to access one of the ${reason}s used as arguments`;
  return `No permissions to access a ${reason}`;
}
