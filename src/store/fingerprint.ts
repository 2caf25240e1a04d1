import type { Design } from "../design/Design.js";
import { type ArraysApart, encode, type TypedArray } from "./jsonData.js";

/** What a fit's draws and estimates are of: the numbers and names of its design, by which one that was made again is known. 16 hexadecimal digits. */
export function fingerprintOf({ rowIndex, response, predictors, scalars }: Design): string {
  const { values, trials, weights, errors, censoring, truncation } = response;
  const arrays: ArraysApart = new Map();
  const parts = predictors.map(({ parameter, link, X, columns, offset, factors, randomTerms }) => ({
    ...{ parameter, link, X, columns, offset },
    factors: factors.map(({ name, levels, levelIndex }) => ({ name, levels, levelIndex })),
    terms: randomTerms.map(({ factor, coefficients, Z }) => ({ factor, coefficients, Z })),
  }));
  // Absent where there is none, so that fits keep the fingerprints they had before there was any.
  const cut = { ...(censoring && { censoring }), ...(truncation && { truncation }) };
  const numbers = { rowIndex, values, trials, weights, errors, ...cut };
  const text = JSON.stringify(encode({ family: response.family, numbers, parts, scalars }, "design", arrays));
  return hashed([
    Uint32Array.from(text, (character) => character.codePointAt(0) ?? 0),
    ...[...arrays.keys()].map(words),
  ]);
}

function words({ buffer, byteOffset, byteLength }: TypedArray): Uint32Array {
  if (byteOffset % 4 === 0 && byteLength % 4 === 0) return new Uint32Array(buffer, byteOffset, byteLength / 4);
  return Uint32Array.from(new Uint8Array(buffer, byteOffset, byteLength));
}

/** Two multiplicative hashes of 32 bits, each with an odd factor, so that a change of one word always shows. */
function hashed(parts: readonly Uint32Array[]): string {
  let [a, b] = [0x9e3779b9, 0x85ebca6b];
  for (const part of parts)
    for (let i = 0; i < part.length; i++) {
      a = Math.imul(a ^ part[i], 0x85ebca77);
      a = (a << 13) | (a >>> 19);
      b = Math.imul(b ^ part[i], 0xc2b2ae3d);
      b = (b << 17) | (b >>> 15);
    }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
