import seedrandom from "seedrandom";
import { type ArgumentKind, checkArgument } from "../../argument/checkArgument.js";
import { aNumber } from "../../argument/kinds.js";
import type { RandomStream } from "./RandomStream.js";
import { openUniform } from "./uniform.js";
import { Xoshiro128 } from "./xoshiro128.js";
import { zigguratNormal } from "./ziggurat.js";

/**
 * The stream of one chain: the same for the same seed and chain on every platform, unrelated for any other pair.
 * A number and the text that prints it are the same seed.
 */
export function createStream(seed: number | string, chain: number): RandomStream {
  checkArgument(aSeed, seed, "createStream", "seed");
  checkArgument(aNumber, chain, "createStream", "chain");
  const seeder = seedrandom(`${seed}:${chain}`);
  const generator = new Xoshiro128([seeder.int32(), seeder.int32(), seeder.int32(), seeder.int32()]);
  return { uniform: () => openUniform(generator), normal: () => zigguratNormal(generator) };
}

const aSeed: ArgumentKind = {
  code: "not-a-seed",
  expected: "a seed, a number or a text",
  accepts: (value) => typeof value === "number" || typeof value === "string",
};
