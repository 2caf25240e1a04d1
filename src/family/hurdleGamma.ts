import { gamma } from "./gamma.js";
import { hurdle } from "./hurdle.js";
import { positiveOrZeroProblem } from "./positiveProblem.js";

export const hurdleGamma = hurdle(gamma, "hurdle_gamma", ["ziGamma"], positiveOrZeroProblem("hurdle_gamma"));
