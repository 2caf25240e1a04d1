// Quadrature in one and several dimensions, as the entry "marginalia/quadrature".

export { type AdaptiveRule, adaptive } from "./math/quadrature/adaptive.js";
export { composite, simpson, trapezoidal } from "./math/quadrature/composite.js";
export { gaussHermite } from "./math/quadrature/gaussHermite.js";
export { gaussLegendre } from "./math/quadrature/gaussLegendre.js";
export type { Integral, Integrand } from "./math/quadrature/Integral.js";
export { applyRule, integrate } from "./math/quadrature/integrate.js";
export { latticePoints } from "./math/quadrature/latticePoints.js";
export { newtonCotes } from "./math/quadrature/newtonCotes.js";
export { type ProductOptions, type ProductRule, productRule } from "./math/quadrature/productRule.js";
export type { PositiveRule, QuadratureRule } from "./math/quadrature/QuadratureRule.js";
