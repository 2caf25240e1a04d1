import { exp, log } from "../special/elementary.js";
import { openUniform, type RandomBits, signedHalves } from "./uniform.js";

const LAYERS = 256;
/** Where the tail begins, and the area of each layer (the base one with the tail): the roots at which the layers fill the curve. */
const TAIL_START = 3.654152885361009;
const LAYER_AREA = 0.004928673233974655;
const TWO_TO_52 = 2 ** 52;

/** Length 257: right edge of each layer from the base up, 0 at the top; the base one is as wide as its area asks for. */
export const edges = layerEdges();
/** Length 257: exp(-edge^2 / 2) */
export const heights = edges.map((edge) => exp(-0.5 * edge * edge));
const scales = edges.map((edge) => edge / TWO_TO_52);
/** Nearer to 0 than this, a position of 53 bits lies under the curve for certain; the top layer has no such part. */
const certain = edges.map((edge, i) => (i < LAYERS ? (edges[i + 1] / edge) * TWO_TO_52 : 0));

/**
 * Standard normal variate by the ziggurat of Marsaglia & Tsang (2000, J. Stat. Soft. 5(8)) with 256 layers. Layer and position come from
 * separate bits, as Doornik (2005) asks for, and the sign from the position's: a branch on a random sign would cost as much as the rest.
 */
export function zigguratNormal(source: RandomBits): number {
  for (;;) {
    const high = source.bits();
    const low = source.bits();
    const layer = low & 255;
    const position = signedHalves(high, low);
    const x = position * scales[layer];
    if (Math.abs(position) < certain[layer]) return x;
    if (layer === 0) return Math.sign(x) * tail(source);
    if (isUnderCurve(layer, x, source)) return x;
  }
}

function isUnderCurve(layer: number, x: number, source: RandomBits): boolean {
  const height = heights[layer] + openUniform(source) * (heights[layer + 1] - heights[layer]);
  return height < exp(-0.5 * x * x);
}

/** The normal beyond TAIL_START (Marsaglia 1964). */
function tail(source: RandomBits): number {
  for (;;) {
    const beyond = -log(openUniform(source)) / TAIL_START;
    if (-2 * log(openUniform(source)) > beyond * beyond) return TAIL_START + beyond;
  }
}

function layerEdges(): Float64Array {
  const right = new Float64Array(LAYERS + 1);
  right[0] = LAYER_AREA / exp(-0.5 * TAIL_START * TAIL_START);
  right[1] = TAIL_START;
  for (let i = 2; i < LAYERS; i++) {
    const below = right[i - 1];
    right[i] = Math.sqrt(-2 * log(LAYER_AREA / below + exp(-0.5 * below * below)));
  }
  return right;
}
