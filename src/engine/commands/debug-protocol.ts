// DEBUG PROTOCOL: a reply of each type of RESP3.

import type { Bytes } from "../bytes.ts";
import { ADMIN, type CommandSpec, LOADING, NOSCRIPT, PROTECTED, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import {
  BigNumber,
  Double,
  ErrorReply,
  MapReply,
  Push,
  type Reply,
  SetReply,
  Several,
  Verbatim,
  WithAttributes,
} from "../reply.ts";

const ATTRIBUTES = new MapReply(["key-popularity", ["key:123", 90]]);
const DOUBLE = new Double(3_141 / 1_000);
const PUSH = new Push(["server-cpu-usage", 42]);

const SAMPLES: Readonly<Record<string, Reply>> = {
  string: "Hello World",
  integer: 12_345,
  double: DOUBLE,
  bignum: new BigNumber("1234567999999999999999999999999999999"),
  null: null,
  array: [0, 1, 2],
  set: new SetReply([0, 1, 2]),
  map: new MapReply([0, false, 1, true, 2, false]),
  // Neither an attribute nor a push is a reply: one follows.
  attrib: new WithAttributes(ATTRIBUTES, "Some real reply following the attribute"),
  push: new Several([PUSH, "Some real reply following the push reply"]),
  verbatim: new Verbatim("This is a verbatim\nstring"),
  true: true,
  false: false,
};

const NO_SUCH_TYPE = new ErrorReply(
  "ERR Wrong protocol type name. Please use one of the following: string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false",
);
const NO_RESP2 = new ErrorReply("ERR RESP2 is not supported by this command");

function protocol(ctx: Context, argv: readonly Bytes[]): Reply {
  const name = textAt(argv, 2).toLowerCase();
  if (!Object.hasOwn(SAMPLES, name)) return NO_SUCH_TYPE;
  return name === "push" && ctx.session.resp === 2 ? NO_RESP2 : SAMPLES[name];
}

export const PROTOCOL_DEBUG_SUBCOMMANDS: readonly CommandSpec[] = [
  {
    name: "protocol",
    arity: 3,
    flags: ADMIN | NOSCRIPT | LOADING | STALE | PROTECTED,
    group: "server",
    since: "6.0.0",
    complexity: "O(1)",
    summary: "A reply of the given type of RESP3.",
    cost: "config",
    run: protocol,
  },
];
