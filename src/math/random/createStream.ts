import seedrandom from "seedrandom";
import type { RandomStream } from "./RandomStream.js";
import { openUniform } from "./uniform.js";
import { Xoshiro128 } from "./xoshiro128.js";
import { zigguratNormal } from "./ziggurat.js";

/**
 * The stream of one chain: the same for the same seed and chain on every platform, unrelated for any other pair.
 * A number and the text that prints it are the same seed.
 */
export function createStream(seed: number | string, chain: number): RandomStream {
  const seeder = seedrandom(`${seed}:${chain}`);
  const generator = new Xoshiro128([seeder.int32(), seeder.int32(), seeder.int32(), seeder.int32()]);
  return { uniform: () => openUniform(generator), normal: () => zigguratNormal(generator) };
}
