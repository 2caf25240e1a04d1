import { log } from "../math/special/elementary.js";
import type { Family } from "./Family.js";
import { hurdle } from "./hurdle.js";
import { lognormal } from "./lognormal.js";
import { positiveOrZeroProblem } from "./positiveProblem.js";

const check = positiveOrZeroProblem("hurdle_lognormal");

export const hurdleLognormal: Family = { ...hurdle(lognormal, "hurdle_lognormal", [], check), locationOf: log };
