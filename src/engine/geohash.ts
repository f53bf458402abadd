// Positions as 52-bit numbers: longitude and latitude are each cut into 2^26 steps, and the bits of both alternate, so
// that near positions mostly have near numbers and a cell of any size is one interval of them.

/** A cell: column and row on a grid of 2^step by 2^step. */
export interface Cell {
  readonly x: number;
  readonly y: number;
  readonly step: number;
}

export interface Point {
  readonly longitude: number;
  readonly latitude: number;
}

export interface Area {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

export const MAX_STEP = 26;
const LONGITUDE_LIMIT = 180;
/** Where the square Mercator map ends. */
const LATITUDE_LIMIT = 85.05112878;
/** Mean radius in metres for distances. */
const EARTH_RADIUS = 6_372_797.560856;
const HALF_MERCATOR = 20_037_726.37;
const RADIANS = Math.PI / 180;

export function isOnMap({ longitude, latitude }: Point): boolean {
  return Math.abs(longitude) <= LONGITUDE_LIMIT && Math.abs(latitude) <= LATITUDE_LIMIT;
}

// -----------------------------------------------------------------------------------------------------------------
// Bits.

/** Puts a zero after each of the low 14 bits. */
function spread(bits: number): number {
  let b = bits & 0x3fff;
  b = (b | (b << 8)) & 0x00ff00ff;
  b = (b | (b << 4)) & 0x0f0f0f0f;
  b = (b | (b << 2)) & 0x33333333;
  return (b | (b << 1)) & 0x55555555;
}

/** Every second of the low 26 bits, put together. */
function gather(bits: number): number {
  let b = bits & 0x55555555;
  b = (b | (b >>> 1)) & 0x33333333;
  b = (b | (b >>> 2)) & 0x0f0f0f0f;
  b = (b | (b >>> 4)) & 0x00ff00ff;
  return (b | (b >>> 8)) & 0x0000ffff;
}

const HALF = 13;
const HALF_MASK = (1 << HALF) - 1;
const HALF_SIZE = 2 ** (2 * HALF);

/** The number of a cell: bits of x at odd places, of y at even ones. */
export function cellNumber({ x, y }: Cell): number {
  const low = spread(y & HALF_MASK) + 2 * spread(x & HALF_MASK);
  const high = spread(y >>> HALF) + 2 * spread(x >>> HALF);
  return high * HALF_SIZE + low;
}

/** The smallest score in a cell and the smallest one beyond it. */
export function cellScores(cell: Cell): { min: number; max: number } {
  const size = 4 ** (MAX_STEP - cell.step);
  const number = cellNumber(cell);
  return { min: number * size, max: (number + 1) * size };
}

// -----------------------------------------------------------------------------------------------------------------
// Positions.

/** The cell that a position on the map lies in; one at the upper edge lies beyond the last cell. */
export function cellAt({ longitude, latitude }: Point, step: number, latitudeLimit = LATITUDE_LIMIT): Cell {
  const size = 2 ** step;
  return {
    x: Math.trunc(((longitude + LONGITUDE_LIMIT) / (2 * LONGITUDE_LIMIT)) * size),
    y: Math.trunc(((latitude + latitudeLimit) / (2 * latitudeLimit)) * size),
    step,
  };
}

export function areaOf({ x, y, step }: Cell): Area {
  const size = 2 ** step;
  const [width, height] = [2 * LONGITUDE_LIMIT, 2 * LATITUDE_LIMIT];
  return {
    west: -LONGITUDE_LIMIT + (x / size) * width,
    east: -LONGITUDE_LIMIT + ((x + 1) / size) * width,
    south: -LATITUDE_LIMIT + (y / size) * height,
    north: -LATITUDE_LIMIT + ((y + 1) / size) * height,
  };
}

const TWO_63 = 2 ** 63;

/** A score as an unsigned 64-bit integer, as the processor converts what was never meant as a position. */
function bitsOf(score: number): bigint {
  if (!Number.isFinite(score)) return score > 0 ? 0n : 1n << 63n;
  if (Math.abs(score) >= 2 * TWO_63 || score < -TWO_63) return score > 0 ? 0n : 1n << 63n;
  return BigInt.asUintN(64, BigInt(Math.trunc(score)));
}

function cellOfScore(score: number): Cell {
  if (score >= 0 && score < 4 ** MAX_STEP) {
    const whole = Math.trunc(score);
    const low = whole % HALF_SIZE;
    const high = (whole - low) / HALF_SIZE;
    return {
      x: gather(low >>> 1) + (gather(high >>> 1) << HALF),
      y: gather(low) + (gather(high) << HALF),
      step: MAX_STEP,
    };
  }
  const bits = bitsOf(score);
  let x = 0;
  let y = 0;
  for (let i = 0; i < 32; i++) {
    y += Number((bits >> BigInt(2 * i)) & 1n) * 2 ** i;
    x += Number((bits >> BigInt(2 * i + 1)) & 1n) * 2 ** i;
  }
  return { x, y, step: MAX_STEP };
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}

/** The middle of the cell that a score stands for. */
export function pointOf(score: number): Point {
  const { west, east, south, north } = areaOf(cellOfScore(score));
  return {
    longitude: clamp((west + east) / 2, LONGITUDE_LIMIT),
    latitude: clamp((south + north) / 2, LATITUDE_LIMIT),
  };
}

/** The score of a position. */
export function scoreOf(point: Point): number {
  return cellNumber(cellAt(point, MAX_STEP));
}

const ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz";

/** The usual geohash of eleven letters: latitudes from -90 to 90, and of the last letter's bits none are known. */
export function geohashText(point: Point): string {
  let number = cellNumber(cellAt(point, MAX_STEP, 90));
  // 52 bits are ten letters and two bits.
  number = Math.floor(number / 4);
  let text = "0";
  for (let i = 0; i < 10; i++) {
    text = ALPHABET[number % 32] + text;
    number = Math.floor(number / 32);
  }
  return text;
}

// -----------------------------------------------------------------------------------------------------------------
// Distances, in metres.

export function latitudeDistance(from: number, to: number): number {
  return EARTH_RADIUS * Math.abs(to * RADIANS - from * RADIANS);
}

/** Along the great circle, by the haversine formula. */
export function distance(from: Point, to: Point): number {
  const v = Math.sin((to.longitude * RADIANS - from.longitude * RADIANS) / 2);
  if (v === 0) return latitudeDistance(from.latitude, to.latitude);
  const fromLatitude = from.latitude * RADIANS;
  const toLatitude = to.latitude * RADIANS;
  const u = Math.sin((toLatitude - fromLatitude) / 2);
  const a = u * u + Math.cos(fromLatitude) * Math.cos(toLatitude) * v * v;
  return 2 * EARTH_RADIUS * Math.asin(Math.sqrt(a));
}

// -----------------------------------------------------------------------------------------------------------------
// Shapes and the cells that cover them.

/** Sizes in metres. */
export type Shape =
  | { readonly kind: "circle"; readonly center: Point; readonly radius: number }
  | { readonly kind: "box"; readonly center: Point; readonly width: number; readonly height: number };

/** The distance of a point from the shape's centre, or -1 when it lies outside. */
export function distanceWithin(shape: Shape, point: Point): number {
  const { center } = shape;
  if (shape.kind === "circle") {
    const far = distance(center, point);
    return far > shape.radius ? -1 : far;
  }
  if (latitudeDistance(point.latitude, center.latitude) > shape.height / 2) return -1;
  const sideways = distance(point, { longitude: center.longitude, latitude: point.latitude });
  return sideways > shape.width / 2 ? -1 : distance(center, point);
}

function boundsOf(shape: Shape): Area {
  const { longitude, latitude } = shape.center;
  const [halfWidth, halfHeight] =
    shape.kind === "circle" ? [shape.radius, shape.radius] : [shape.width / 2, shape.height / 2];
  const up = halfHeight / EARTH_RADIUS / RADIANS;
  // The side away from the equator is the shorter parallel on the earth, so it spans more degrees.
  const wide = latitude < 0 ? latitude - up : latitude + up;
  const sideways = halfWidth / EARTH_RADIUS / Math.cos(wide * RADIANS) / RADIANS;
  return { west: longitude - sideways, east: longitude + sideways, south: latitude - up, north: latitude + up };
}

/** How fine a grid may be so that nine cells around the centre still cover this far. */
function stepFor(metres: number, latitude: number): number {
  if (metres === 0) return MAX_STEP;
  let step = -1;
  for (let reach = metres; reach < HALF_MERCATOR; reach *= 2) step++;
  // Towards the poles cells are narrower.
  if (Math.abs(latitude) > 66) step--;
  if (Math.abs(latitude) > 80) step--;
  return Math.max(1, Math.min(MAX_STEP, step));
}

function neighbour(cell: Cell, east: number, north: number): Cell {
  const size = 2 ** cell.step;
  return {
    x: east === 0 ? cell.x : (cell.x + east + size) % size,
    y: north === 0 ? cell.y : (cell.y + north + size) % size,
    step: cell.step,
  };
}

/** Directions in the order in which the server searches: the cell itself, then around it. */
const DIRECTIONS = [
  [0, 0],
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
] as const;

/** The cells to search for a shape, in order; neighbours that it does not reach are left out. */
export function coveringCells(shape: Shape): Cell[] {
  const bounds = boundsOf(shape);
  const reach = shape.kind === "circle" ? shape.radius : Math.sqrt((shape.width / 2) ** 2 + (shape.height / 2) ** 2);
  let step = stepFor(reach, shape.center.latitude);
  let cell = cellAt(shape.center, step);
  const tooFine =
    areaOf(neighbour(cell, 0, 1)).north < bounds.north ||
    areaOf(neighbour(cell, 0, -1)).south > bounds.south ||
    areaOf(neighbour(cell, 1, 0)).east < bounds.east ||
    areaOf(neighbour(cell, -1, 0)).west > bounds.west;
  if (tooFine && step > 1) cell = cellAt(shape.center, --step);

  const area = areaOf(cell);
  const reaches = ([east, north]: readonly [number, number]) =>
    step < 2 ||
    !(
      (north < 0 && area.south < bounds.south) ||
      (north > 0 && area.north > bounds.north) ||
      (east < 0 && area.west < bounds.west) ||
      (east > 0 && area.east > bounds.east)
    );
  const cells = DIRECTIONS.filter(reaches).map(([east, north]) => neighbour(cell, east, north));
  // On a coarse grid neighbours coincide: one that is like the neighbour before it is not searched twice.
  return cells.filter((one, i) => i < 2 || one.x !== cells[i - 1].x || one.y !== cells[i - 1].y);
}
