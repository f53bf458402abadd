import { aliasTable } from "./alias.ts";
import { type Distribution, secondMoment } from "./distribution.ts";

/** First a part is chosen by weight, then a value is drawn from it. Parts of weight zero count for nothing. */
export function mixture(parts: readonly { weight: number; of: Distribution }[]): Distribution {
  const pick = aliasTable(parts.map(part => part.weight));
  const drawn = parts.filter(part => part.weight > 0);
  const total = drawn.reduce((sum, part) => sum + part.weight, 0);
  const mean = drawn.reduce((sum, part) => sum + part.weight * part.of.mean, 0) / total;
  const second = drawn.reduce((sum, part) => sum + part.weight * secondMoment(part.of), 0) / total;
  return {
    sample: random => parts[pick(random)].of.sample(random),
    mean,
    variance: second === Number.POSITIVE_INFINITY ? second : Math.max(0, second - mean ** 2),
    support: [Math.min(...drawn.map(part => part.of.support[0])), Math.max(...drawn.map(part => part.of.support[1]))],
  };
}
