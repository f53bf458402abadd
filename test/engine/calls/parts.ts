// What the random calls of all families are built from.

import fc from "fast-check";
import type { Call, Word } from "../differential-calls.ts";

/** A call with its weight among the others. */
export type Weighted = readonly [weight: number, call: fc.Arbitrary<Call>];

/** Few keys, so that calls collide; the same for all families, so that types do. */
export const key: fc.Arbitrary<string> = fc.constantFrom("a", "b", "k2", "", "\x00\xff\r\n");

type Part = string | fc.Arbitrary<string> | fc.Arbitrary<Word> | fc.Arbitrary<Word[]>;

/** A call from its parts: words, arbitraries of a word, arbitraries of several words. */
export function call(...parts: Part[]): fc.Arbitrary<Call> {
  const lists = parts.map(
    (part): fc.Arbitrary<Word[]> =>
      typeof part === "string"
        ? fc.constant([part])
        : (part as fc.Arbitrary<Word | Word[]>).map(words => (Array.isArray(words) ? words : [words as Word])),
  );
  return fc.tuple(...lists).map(words => words.flat());
}

/** One of the given words. */
export function word(...choices: string[]): fc.Arbitrary<Word[]> {
  return fc.constantFrom(...choices).map(choice => [choice]);
}

/** One to `most` words of a kind. */
export function several(one: fc.Arbitrary<string>, most: number): fc.Arbitrary<Word[]> {
  return fc.array(one, { minLength: 1, maxLength: most, size: "max" }) as fc.Arbitrary<Word[]>;
}

/** Zero to three options, flattened. */
export function options(...one: fc.Arbitrary<Word[]>[]): fc.Arbitrary<Word[]> {
  return fc
    .oneof(
      { weight: 3, arbitrary: fc.constant<Word[][]>([]) },
      { weight: 4, arbitrary: fc.array(fc.oneof(...one), { minLength: 1, maxLength: 1 }) },
      { weight: 2, arbitrary: fc.array(fc.oneof(...one), { minLength: 2, maxLength: 3 }) },
    )
    .map(list => list.flat());
}

/** Mostly the first, sometimes the second. */
export function mostly(usual: fc.Arbitrary<string>, odd: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd });
}
