import { aliasTable } from "./alias.ts";
import { type Distribution, secondMoment } from "./distribution.ts";

/** First a part is chosen by weight, then a value is drawn from it. */
export function mixture(parts: readonly { weight: number; of: Distribution }[]): Distribution {
  const pick = aliasTable(parts.map(part => part.weight));
  const total = parts.reduce((sum, part) => sum + part.weight, 0);
  const mean = parts.reduce((sum, part) => sum + part.weight * part.of.mean, 0) / total;
  const second = parts.reduce((sum, part) => sum + part.weight * secondMoment(part.of), 0) / total;
  return {
    sample: random => parts[pick(random)].of.sample(random),
    mean,
    variance: second - mean ** 2,
    support: [Math.min(...parts.map(part => part.of.support[0])), Math.max(...parts.map(part => part.of.support[1]))],
  };
}
