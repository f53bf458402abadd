// The standard exponential and the standard normal without a logarithm per draw: the ziggurat method (G. Marsaglia,
// W. W. Tsang, "The ziggurat method for generating random variables", J. Statistical Software 5(8), 2000), exact in
// body and tail. Draws of these two make up most of the random numbers of a run.
//
// The area under the density is covered by 256 layers of equal area: 255 rectangles stacked from the bottom, and the
// base, which is a rectangle and the tail beyond r. A draw picks a layer with its eight leading bits and a point with
// the other 45 (the original takes both from the same bits, which J. A. Doornik, "An improved ziggurat method", 2005,
// showed to be correlated). In 98.5 % of the draws the point lies under the next layer's edge and is accepted at once.
//
// Tables, one entry per layer i = 0..255 (0 is the base):
//   width[i]   the point's scale: x = fraction * width[i]
//   inside[i]  fractions below this are accepted outright
//   height[i]  the density at the layer's outer edge

import type { Random } from "../random.ts";

const LAYERS = 256;

interface Ziggurat {
  readonly width: Float64Array;
  readonly inside: Float64Array;
  readonly height: Float64Array;
}

/** Builds the tables from the tail's start `r`, the layers' common area, the density and its inverse. */
function build(r: number, area: number, density: (x: number) => number, inverse: (y: number) => number): Ziggurat {
  const width = new Float64Array(LAYERS);
  const inside = new Float64Array(LAYERS);
  const height = new Float64Array(LAYERS);
  // edges[i] is the outer edge of layer i; edges[1] = r, edges[256] = 0.
  const edges = new Float64Array(LAYERS + 1);
  edges[0] = area / density(r);
  edges[1] = r;
  for (let i = 2; i < LAYERS; i++) edges[i] = inverse(density(edges[i - 1]) + area / edges[i - 1]);
  for (let i = 0; i < LAYERS; i++) {
    width[i] = edges[i];
    inside[i] = edges[i + 1] / edges[i];
    height[i] = i === 0 ? 0 : density(edges[i]);
  }
  return { width, inside, height };
}

// r and the layer area solve "256 layers of equal area cover the density"; values from Marsaglia and Tsang.
const EXPONENTIAL_R = 7.69711747013105;
const EXPONENTIAL = build(
  EXPONENTIAL_R,
  0.003949659822581557,
  x => Math.exp(-x),
  y => -Math.log(y),
);
const NORMAL_R = 3.6541528853610088;
const NORMAL = build(
  NORMAL_R,
  0.00492867323399,
  x => Math.exp(-0.5 * x * x),
  y => Math.sqrt(-2 * Math.log(y)),
);

/** One draw of the exponential distribution with mean 1. */
export function standardExponential(random: Random): number {
  const u = random.next() * LAYERS;
  const layer = u | 0;
  const fraction = u - layer;
  const x = fraction * EXPONENTIAL.width[layer];
  if (fraction < EXPONENTIAL.inside[layer]) return x;
  return exponentialEdge(random, layer, x);
}

function exponentialEdge(random: Random, layer: number, x: number): number {
  // Memoryless: what lies beyond r is r plus a fresh draw.
  if (layer === 0) return EXPONENTIAL_R + standardExponential(random);
  const top = layer === LAYERS - 1 ? 1 : EXPONENTIAL.height[layer + 1];
  const low = EXPONENTIAL.height[layer];
  if (low + random.next() * (top - low) < Math.exp(-x)) return x;
  return standardExponential(random);
}

/** One draw of the normal distribution with mean 0 and variance 1. */
export function standardNormal(random: Random): number {
  // The sign takes one bit, the layer eight, the point 44.
  const signed = random.next() * (2 * LAYERS);
  const negative = signed >= LAYERS;
  const u = negative ? signed - LAYERS : signed;
  const layer = u | 0;
  const fraction = u - layer;
  let x = fraction * NORMAL.width[layer];
  if (fraction >= NORMAL.inside[layer]) x = normalEdge(random, layer, x);
  return negative ? -x : x;
}

function normalEdge(random: Random, layer: number, x: number): number {
  if (layer === 0) {
    // Marsaglia's tail: two exponentials until the second covers the square of the first.
    for (;;) {
      const beyond = standardExponential(random) / NORMAL_R;
      if (2 * standardExponential(random) > beyond * beyond) return NORMAL_R + beyond;
    }
  }
  const top = layer === LAYERS - 1 ? 1 : NORMAL.height[layer + 1];
  const low = NORMAL.height[layer];
  if (low + random.next() * (top - low) < Math.exp(-0.5 * x * x)) return x;
  return Math.abs(standardNormal(random));
}
