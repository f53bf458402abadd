// Rates as expressions of t, the time since the start in seconds: "20k/s * (1 + 0.6*sin(2*pi*t/1d))".
//
// mathjs parses. It does not evaluate: the tree is checked against a list of what is allowed and turned into plain
// closures, which is fifteen times faster and leaves nothing of mathjs's reach (matrices, units, assignments, random
// numbers) to an expression that came out of a file. Quantities with units are replaced by plain numbers beforehand:
// rates per second, durations in seconds.

import { create, type MathNode, parseDependencies } from "mathjs/number";
import { parseDurationNs, parseRate, UnitError } from "../units.ts";
import { didYouMean } from "./suggest.ts";

const math = create({ parseDependencies });

const EXAMPLE = "20k/s * (1 + 0.5*sin(2*pi*t/1d))";
const MAX_LENGTH = 500;
const MAX_DEPTH = 40;

/** The remainder with the divisor's sign; by zero it is the number itself. */
function mod(a: number, b: number): number {
  return b === 0 ? a : a - b * Math.floor(a / b);
}

const FUNCTIONS: Readonly<Record<string, (...args: number[]) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  exp: Math.exp,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sqrt: Math.sqrt,
  abs: Math.abs,
  floor: Math.floor,
  ceil: Math.ceil,
  // A half goes away from zero, as mathjs has it.
  round: a => Math.sign(a) * Math.round(Math.abs(a)),
  min: Math.min,
  max: Math.max,
  pow: Math.pow,
  mod,
  /** 0 before `from`, 1 after `to`, a straight line between. */
  ramp: (t, from, to) => Math.min(1, Math.max(0, (t - from) / (to - from))),
  /** 1 while from <= t < to, else 0. */
  pulse: (t, from, to) => (t >= from && t < to ? 1 : 0),
};
const ARITY: Readonly<Record<string, readonly [number, number]>> = {
  min: [1, 20],
  max: [1, 20],
  pow: [2, 2],
  mod: [2, 2],
  ramp: [3, 3],
  pulse: [3, 3],
};

const CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E };

type Compiled = (t: number) => number;

/** A number and its unit; what is followed by a parenthesis is the function min. */
const QUANTITY =
  /(?<![\w.])((?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?)\s*([kMG]?\s*\/\s*(?:s|min|m|h|d)\b|(?:ns|us|ms|s|min|m|h|d)\b)(?!\s*\()/gu;

/** Puts plain numbers in the place of quantities. A bare k, M or G is no quantity: rates are written per time. */
function withoutUnits(text: string): string {
  return text.replace(QUANTITY, (whole, _number: string, unit: string) =>
    unit.includes("/") ? String(parseRate(whole)) : String(parseDurationNs(whole) / 1e9),
  );
}

/** Compiles a rate expression. Throws UnitError with what is wrong. */
export function compileExpression(text: string): Compiled {
  const refuse = (why: string): never => {
    throw new UnitError(text.length > 80 ? `${text.slice(0, 80)}…` : text, why);
  };
  if (text.length > MAX_LENGTH) refuse(`an expression of at most ${MAX_LENGTH} characters`);
  if (text.trim() === "") refuse(`a rate such as 500/s or ${EXAMPLE}`);
  let tree: MathNode;
  try {
    tree = math.parse(withoutUnits(text.trim())) as MathNode;
  } catch (error) {
    if (error instanceof UnitError) throw error;
    // Where mathjs stands is counted in the text without units: it would mislead.
    const why = (error as Error).message.replace(/ \(char \d+\)$/u, "");
    return refuse(`an expression of t such as ${EXAMPLE} (${why})`);
  }
  return compile(tree, 0, refuse);
}

interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly name?: string;
  readonly op?: string;
  readonly fn?: { readonly type: string; readonly name?: string };
  readonly args?: Node[];
  readonly content?: Node;
  readonly condition?: Node;
  readonly trueExpr?: Node;
  readonly falseExpr?: Node;
}

const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": (a, b) => a ** b,
  "%": mod,
  "<": (a, b) => (a < b ? 1 : 0),
  "<=": (a, b) => (a <= b ? 1 : 0),
  ">": (a, b) => (a > b ? 1 : 0),
  ">=": (a, b) => (a >= b ? 1 : 0),
  "==": (a, b) => (a === b ? 1 : 0),
  "!=": (a, b) => (a !== b ? 1 : 0),
};

function compile(raw: unknown, depth: number, refuse: (why: string) => never): Compiled {
  if (depth > MAX_DEPTH) refuse("an expression that is less deeply nested");
  const node = raw as Node;
  const inner = (one: Node | undefined) => compile(one, depth + 1, refuse);
  switch (node?.type) {
    case "ConstantNode": {
      const { value } = node;
      return typeof value === "number" ? () => value : refuse("numbers only");
    }
    case "SymbolNode": {
      if (node.name === "t") return t => t;
      const value = Object.hasOwn(CONSTANTS, node.name ?? "") ? CONSTANTS[node.name!] : undefined;
      if (value !== undefined) return () => value;
      return refuse(
        /^[kMG]$/u.test(node.name ?? "")
          ? `a rate per time, such as 20${node.name}/s`
          : `plain arithmetic of numbers, t, pi and e: «${node.name}» is unknown`,
      );
    }
    case "ParenthesisNode":
      return inner(node.content);
    case "OperatorNode": {
      const args = (node.args ?? []).map(inner);
      if (args.length === 1 && (node.op === "-" || node.op === "+")) {
        const [one] = args;
        return node.op === "-" ? t => -one(t) : one;
      }
      const operation = BINARY[node.op ?? ""];
      if (operation === undefined || args.length !== 2) return refuse(`arithmetic, not «${node.op}»`);
      const [left, right] = args;
      return t => operation(left(t), right(t));
    }
    case "ConditionalNode": {
      const condition = inner(node.condition);
      const yes = inner(node.trueExpr);
      const no = inner(node.falseExpr);
      return t => {
        const chosen = condition(t);
        return chosen !== 0 && !Number.isNaN(chosen) ? yes(t) : no(t);
      };
    }
    case "FunctionNode":
      return compileCall(node, inner, refuse);
    default:
      return refuse(`plain arithmetic; ${node?.type ?? "nothing"} is not allowed`);
  }
}

function compileCall(node: Node, inner: (one: Node) => Compiled, refuse: (why: string) => never): Compiled {
  // Only a plain name calls a function: that of `t.sin(t)` would be «sin» too.
  const name = node.fn?.type === "SymbolNode" ? (node.fn.name ?? "") : "";
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (known === undefined) {
    const names = Object.keys(FUNCTIONS);
    const hint = didYouMean(name, names);
    throw new UnitError(
      name === "" ? "a call of something else" : `${name}(…)`,
      `a known function: ${names.join(", ")}`,
      hint,
    );
  }
  const args = (node.args ?? []).map(inner);
  const [least, most] = ARITY[name] ?? [1, 1];
  if (args.length < least || args.length > most)
    return refuse(
      `${name} with ${least === most ? least : `${least} to ${most}`} ${most === 1 ? "argument" : "arguments"}`,
    );
  if (args.length === 1) {
    const [one] = args;
    return t => known(one(t));
  }
  return t => known(...args.map(arg => arg(t)));
}
