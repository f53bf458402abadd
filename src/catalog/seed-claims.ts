// What the seed article claims beside what the sources say: the docs and the validation scenarios are made from it.

import { z } from "zod";
import { type DataFile, indexRows, once, parseDataFile, sourceIds, sources } from "./data-file.ts";
import claimRows from "./seed-claims.json" with { type: "json" };

const figure = z.union([z.number(), z.string()]);

const claimFile = z.strictObject({
  sources,
  claims: z
    .array(
      z
        .strictObject({
          id: z.string(),
          what: z.string(),
          seedValue: figure,
          sourcedValue: figure,
          /** Present where both values are numbers. */
          unit: z.string().optional(),
          note: z.string().optional(),
          sources: sourceIds,
        })
        .readonly(),
    )
    .readonly(),
});

export type SeedClaim = z.infer<typeof claimFile>["claims"][number];

const FILE: DataFile = { file: "seed-claims.json", data: claimRows };
const table = once(() =>
  indexRows(
    "claim",
    parseDataFile(claimFile, FILE).claims.map(row => ({ file: FILE.file, key: row.id, row })),
  ),
);

export function seedClaims(): readonly SeedClaim[] {
  return [...table().values()];
}
