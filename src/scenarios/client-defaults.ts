// A client of the scenario with everything that it leaves out filled in from its library, and what the library says nothing
// about from the generic one.

import { assert } from "../assert.ts";
import { type ClientLibrary, clientLibrary, GENERIC_LIBRARY } from "../catalog/client-libraries.ts";
import { type ClientInput, clientSchema } from "./schema/client.ts";

type Whole<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]-?: Whole<NonNullable<T[K]>> }
    : T;

/** Keys for which nobody has a default: they are what is given, or follow from others. */
interface Given {
  readonly pool: { readonly initial?: number | undefined; readonly maxWait?: number | undefined };
  readonly retry: { readonly budget?: NonNullable<ClientInput["retry"]>["budget"] };
  readonly circuitBreaker?: ClientInput["circuitBreaker"];
  readonly hedge?: ClientInput["hedge"];
  readonly user?: ClientInput["user"];
  readonly iam?: ClientInput["iam"];
}

export type WholeClient = Omit<Whole<ClientInput>, "pool" | "retry" | "circuitBreaker" | "hedge" | "user" | "iam"> & {
  readonly pool: Omit<Whole<NonNullable<ClientInput["pool"]>>, "initial" | "maxWait"> & Given["pool"];
  readonly retry: Omit<Whole<NonNullable<ClientInput["retry"]>>, "budget"> & Given["retry"];
  readonly circuitBreaker?: Given["circuitBreaker"];
  readonly hedge?: Given["hedge"];
};

type Tree = Record<string, unknown>;

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function over(under: Tree, above: Tree): Tree {
  const merged: Tree = { ...under };
  for (const [key, value] of Object.entries(above)) {
    if (value === undefined) continue;
    const below = merged[key];
    merged[key] = isTree(below) && isTree(value) ? over(below, value) : value;
  }
  return merged;
}

const read = new Map<string, Tree>();

/** A library's defaults as the grammar reads them. */
function defaultsOf(library: ClientLibrary, mode: "cluster" | "single"): Tree {
  const key = `${library.library}/${mode}`;
  const known = read.get(key);
  if (known !== undefined) return known;
  const tree: Tree = { name: library.library };
  for (const row of library.defaults) {
    const steps = row.key.split(".");
    let at = tree;
    for (const step of steps.slice(0, -1)) at = (at[step] ??= {}) as Tree;
    at[steps.at(-1)!] = mode === "single" ? (row.single ?? row.value) : row.value;
  }
  const parsed = clientSchema.safeParse(tree);
  assert(parsed.success, `the defaults of ${library.library} are not what the grammar takes`);
  const { name, library: self, instances, ...defaults } = parsed.data;
  read.set(key, defaults);
  return defaults;
}

export function wholeClient(client: ClientInput, mode: "cluster" | "single"): WholeClient {
  const generic = defaultsOf(clientLibrary(GENERIC_LIBRARY), mode);
  const library = defaultsOf(clientLibrary(client.library), mode);
  return over(over(generic, library), client) as unknown as WholeClient;
}
