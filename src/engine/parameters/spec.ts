// What is declared of a parameter.

import type { EngineProfile } from "../profile.ts";
import type { Kind } from "./kinds.ts";

export type Initial = string | ((profile: EngineProfile) => string);

export interface ParameterSpec {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly kind: Kind;
  readonly initial: Initial;
  /** False when CONFIG SET refuses it after the start. */
  readonly mutable: boolean;
  /** Only a client that enable-protected-configs lets may change it. */
  readonly protected?: boolean;
  /** A pattern does not find it. */
  readonly hidden?: boolean;
  /** Refused while the data set is loading. */
  readonly notWhileLoading?: boolean;
  /** A secret: it is not written to any log. */
  readonly sensitive?: boolean;
  /** The release line that brought it; all have it when left out. */
  readonly since?: 7.2 | 8;
  /** Called by its first alias before 8. */
  readonly renamed?: boolean;
  /** Read by the serving layer only: in the simulated world it has no effect. */
  readonly served?: boolean;
  /** Known, checked and kept, and read by nothing: why. */
  readonly inert?: string;
}

export const INT_MAX = 2_147_483_647;
export const INT_MIN = -2_147_483_648;
export const UINT_MAX = 4_294_967_295;
export const LONG_MAX = 9_223_372_036_854_775_807n;

export function integer(
  name: string,
  initial: number,
  min = 0,
  max: number | bigint = INT_MAX,
  mutable = true,
): ParameterSpec {
  return { name, kind: { type: "integer", min, max }, initial: String(initial), mutable };
}

export function memory(name: string, initial: number | ((profile: EngineProfile) => string), min = 0): ParameterSpec {
  const text = typeof initial === "number" ? String(initial) : initial;
  return { name, kind: { type: "memory", min, max: LONG_MAX }, initial: text, mutable: true };
}

export function flag(
  name: string,
  initial: boolean | ((profile: EngineProfile) => string),
  mutable = true,
): ParameterSpec {
  const text = typeof initial === "boolean" ? (initial ? "yes" : "no") : initial;
  return { name, kind: { type: "flag" }, initial: text, mutable };
}

export function text(name: string, initial: Initial = "", check?: (text: string) => string | null): ParameterSpec {
  return { name, kind: { type: "text", check }, initial, mutable: true };
}

export function choice(name: string, initial: string, values: readonly string[], mutable = true): ParameterSpec {
  return { name, kind: { type: "choice", values }, initial, mutable };
}

/** The same parameters under a condition or with a note. */
export function all(specs: readonly ParameterSpec[], more: Partial<ParameterSpec>): readonly ParameterSpec[] {
  return specs.map(spec => ({ ...spec, ...more }));
}

export const isSince8 = (profile: EngineProfile): boolean => generation(profile) >= 8;

/** The release line whose parameters a profile has: 7, 7.2, 8 … */
export function generation({ product, version }: EngineProfile): number {
  return product === "redis" ? 7 : Number.parseFloat(version);
}
