import type { Signal } from "../engine/Signal.js";
import { throwIfAborted } from "../math/steps.js";

/**
 * Outputs of all inputs, in their order, made several at a time. The first error ends the work: no further input is begun, what is under way is told by its signal, and the
 * error is thrown once that has ended. So does a signal that is aborted, whose reason is thrown.
 */
export async function inLanes<Input, Output>(
  lanes: number,
  inputs: readonly Input[],
  signal: Signal | undefined,
  run: (input: Input, index: number, signal: Signal) => Promise<Output>,
): Promise<Output[]> {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  const outputs: Output[] = [];
  const failures: unknown[] = [];
  const waiting = [...inputs.entries()];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined && !stopping.signal.aborted; next = waiting.shift()) {
      const [index, input] = next;
      outputs[index] = await run(input, index, stopping.signal);
    }
  };
  const failed = (error: unknown) => {
    failures.push(error);
    stop();
  };
  try {
    await Promise.all(Array.from({ length: lanes }, () => lane().catch(failed)));
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  throwIfAborted(signal);
  if (failures.length > 0) throw failures[0];
  return outputs;
}
