import { instantiate, type KernelExports } from "./instantiate.js";
import { reservation } from "./layout.js";

/** What a linear predictor takes and what comes back of it, in the memory of an instance of the module: the arrays are views of it. */
export interface PredictorMemory {
  /** Input, length p. */
  readonly beta: Float64Array;
  /** Input per factor, levels x q, level-major: b[level * q + effect]. */
  readonly effects: readonly Float64Array[];
  /** Outputs in the shapes of the inputs. */
  readonly betaGradient: Float64Array;
  readonly effectsGradient: readonly Float64Array[];
  /** What else there is in the memory. */
  readonly room: Room;
}

/** Memory from `start` on that nothing stands in yet. */
export interface Room {
  readonly exports: KernelExports;
  readonly buffer: ArrayBuffer;
  readonly start: number;
}

/** The memory of a predictor that no kernel computes, with room for so many bytes more. Throws RangeError over 4 GiB. */
export function predictorMemory(
  { columns, factors }: { columns: number; factors: readonly { levels: number; effects: number }[] },
  roomBytes: number,
): PredictorMemory {
  const { reserve, end } = reservation();
  const regions = () => factors.map(({ levels, effects }) => reserve(8 * levels * effects));
  const [beta, betaGradient] = [reserve(8 * columns), reserve(8 * columns)];
  const [effects, effectsGradient] = [regions(), regions()];
  const start = end();
  const { exports, buffer } = instantiate(start + roomBytes);
  const view = ({ address, bytes }: { address: number; bytes: number }) => new Float64Array(buffer, address, bytes / 8);
  return {
    beta: view(beta),
    betaGradient: view(betaGradient),
    effects: effects.map(view),
    effectsGradient: effectsGradient.map(view),
    room: { exports, buffer, start },
  };
}
