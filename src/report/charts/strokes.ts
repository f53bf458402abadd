// How lines are told apart: by colour (the style sheet has Okabe and Ito's, which survive colour blindness) and by dashes,
// which survive print.

const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [9, 3, 2, 3], [12, 5]];

export function dashOf(line: number): readonly number[] {
  return DASHES[line % DASHES.length];
}
