// Scenario keys of `drills`, made from the table of drills.

import { z } from "zod";
import { DRILLS } from "../../drills/index.ts";
import { duration } from "../fields.ts";

/** `{ at: 10m, crash-node: {…} }`: one key names the drill. */
export const drillSchema = z
  .strictObject({
    at: duration("When it happens, from the start of the run."),
    ...Object.fromEntries(
      DRILLS.map(one => [one.name, (one.options as z.ZodType).optional().meta({ description: one.summary })]),
    ),
  })
  .meta({ description: "A fault or manoeuvre at an instant." });
