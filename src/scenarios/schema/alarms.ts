// Scenario keys of `alarms`.

import { z } from "zod";
import { ALARM_SETS } from "../../models/alarms/sets.ts";
import { duration } from "../fields.ts";

const alarmSchema = z
  .strictObject({
    name: z.string().min(1).meta({ description: "Name of the alarm." }),
    severity: z.enum(["warning", "critical"]).default("warning").meta({ description: "How bad it is." }),
    metric: z.string().meta({ description: "CloudWatch metric of a node.", examples: ["EngineCPUUtilization"] }),
    statistic: z
      .enum(["average", "maximum", "minimum", "sum"])
      .default("average")
      .meta({ description: "What a data point is of a period's values." }),
    above: z.number().optional().meta({ description: "Breaches above this value, in the metric's unit." }),
    below: z.number().optional().meta({ description: "Breaches below this value, instead of «above»." }),
    period: duration("Length of a data point.", ["1m", "5m"]).prefault("1m"),
    datapoints: z.int().min(1).max(100).default(1).meta({ description: "Breaching data points that raise it." }),
    of: z.int().min(1).max(100).optional().meta({ description: "Of so many periods; «datapoints» when left out." }),
    missing: z
      .enum(["missing", "ignore", "breaching", "notBreaching"])
      .default("missing")
      .meta({ description: "What a missing data point counts as, as CloudWatch calls it." }),
  })
  .meta({ description: "One alarm, on every node that has the metric." });

export const alarmsSchema = z.strictObject({
  sets: z
    .array(z.enum(ALARM_SETS))
    .default([])
    .meta({ description: "Ready sets: the seed article's eight, AWS's starters.", examples: [["aws"]] }),
  period: duration("Length of the data points of the ready sets, instead of theirs; for short runs.", [
    "10s",
  ]).optional(),
  own: z.array(alarmSchema).default([]).meta({ description: "Alarms of one's own." }),
});
