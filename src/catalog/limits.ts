// Quotas and fixed limits of the service, by id.

import { z } from "zod";
import { assert } from "../assert.ts";
import { type DataFile, indexRows, once, parseDataFile, sourceIds, sources } from "./data-file.ts";
import limitRows from "./limits.json" with { type: "json" };

const limitFile = z.strictObject({
  sources,
  limits: z
    .array(
      z
        .strictObject({
          id: z.string(),
          what: z.string(),
          value: z.number().positive(),
          unit: z.string(),
          /** What AWS raises a default quota to on request. */
          adjustableTo: z.number().positive().optional(),
          note: z.string().optional(),
          sources: sourceIds,
        })
        .readonly(),
    )
    .readonly(),
});

export type Limit = z.infer<typeof limitFile>["limits"][number];

const FILE: DataFile = { file: "limits.json", data: limitRows };
const table = once(() =>
  indexRows(
    "limit",
    parseDataFile(limitFile, FILE).limits.map(row => ({ file: FILE.file, key: row.id, row })),
  ),
);

export function limits(): readonly Limit[] {
  return [...table().values()];
}

export function limit(id: string): Limit {
  const found = table().get(id);
  assert(found !== undefined, `the catalogue has no limit ${id}`);
  return found;
}
