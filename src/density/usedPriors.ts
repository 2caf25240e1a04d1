import type { Design } from "../design/Design.js";
import { constant } from "../design/holdConstants.js";
import { type ModelPriors, present, type ScalarPrior, type UsedPrior } from "./resolvePriors.js";

function heldPriors({ held }: Design): UsedPrior[] {
  return held.map(({ name, value }) => ({
    name,
    distribution: `${constant}(${value})`,
    truncatedTo: null,
    origin: "model",
    proper: true,
  }));
}

/** The priors that are densities of one number, in the order of the model. */
export function scalarPriors(priors: ModelPriors): ScalarPrior[] {
  return [
    ...priors.predictors.flatMap(({ intercept, coefficients, terms }) => [
      ...(intercept === null ? [] : [intercept.prior]),
      ...coefficients.filter((prior) => prior !== null),
      ...terms.flatMap(({ sds }) => present(sds)),
    ]),
    ...priors.scalars,
  ];
}

/** Every prior as it is used, and what is held at a number. */
export function usedPriors(priors: ModelPriors, design: Design): UsedPrior[] {
  return [
    ...priors.predictors.flatMap(({ intercept, coefficients, terms }) => [
      ...(intercept === null ? [] : [intercept.prior.used]),
      ...coefficients.flatMap((prior) => (prior === null ? [] : [prior.used])),
      ...terms.flatMap(({ sds, cor }) => [...present(sds), ...present([cor])].map(({ used }) => used)),
    ]),
    ...priors.scalars.map(({ used }) => used),
    ...heldPriors(design),
  ];
}
