import { hurdle } from "./hurdle.js";
import { poisson } from "./poisson.js";

export const hurdlePoisson = hurdle(poisson, "hurdle_poisson", ["truncated_poisson"], poisson.checkResponse);
