import { platform } from "#platform";
import type { StepsContext } from "../math/steps.js";

/** What a computation needs to share this thread with other work: its clock, and turns of its event loop. */
export function inThisThread({ signal, onProgress }: Pick<StepsContext, "signal" | "onProgress">): StepsContext {
  return { now: () => performance.now(), giveWay: platform.nextTurn, signal, onProgress };
}
