// Key popularity as text: zipf(0.99), uniform, hotspot(20%, 80%), sequential.

import { parseFraction, UnitError } from "../units.ts";
import type { PopularityModel } from "../workload/popularity.ts";
import { POPULARITIES } from "../workload/popularity.ts";
import { didYouMean } from "./suggest.ts";

const NUMBER = /^(?:\d+(?:\.\d+)?|\.\d+)$/u;

export interface PopularityText {
  readonly model: PopularityModel;
  readonly args: readonly number[];
}

/** Parses and checks the arguments' ranges. Throws UnitError. */
export function parsePopularity(text: string): PopularityText {
  const match = /^\s*([a-z]+)\s*(?:\(\s*(.*?)\s*\))?\s*$/u.exec(text);
  const names = POPULARITIES.map(one => one.name);
  const model = POPULARITIES.find(one => one.name === match?.[1]);
  if (match === null || model === undefined) {
    throw new UnitError(text, `a popularity: ${names.join(", ")}`, didYouMean(match?.[1] ?? text, names));
  }
  const given = match[2] === undefined || match[2] === "" ? [] : match[2].split(",");
  const form =
    model.parameters.length === 0 ? model.name : `${model.name}(${model.parameters.map(one => one.name).join(", ")})`;
  if (given.length !== model.parameters.length) throw new UnitError(text, `the form ${form}`);
  const args = model.parameters.map((parameter, i) => {
    const argument = given[i].trim();
    const value = argument.endsWith("%")
      ? parseFraction(argument)
      : NUMBER.test(argument)
        ? Number(argument)
        : Number.NaN;
    if (!(value >= parameter.min && value <= parameter.max)) {
      throw new UnitError(argument, `${parameter.name} between ${parameter.min} and ${parameter.max}`);
    }
    return value;
  });
  return { model, args };
}
