import { platform } from "#platform";
import type { Executor, Work } from "../engine/Executor.js";
import { createStream } from "../math/random/createStream.js";

/** Does parts of some work in this thread, with turns of the event loop in between. */
export function thisThread<Model, Input, Output, Progress>(
  work: Work<Model, Input, Output, Progress>,
  model: Model,
  seed: number | string,
): Executor<Input, Output, Progress> {
  return {
    lanes: 1,
    problem: null,
    run: async (input, { onProgress, signal }) =>
      work.run(model, input, {
        stream: (k) => createStream(seed, k),
        now: () => performance.now(),
        giveWay: platform.nextTurn,
        signal,
        onProgress,
      }),
  };
}
