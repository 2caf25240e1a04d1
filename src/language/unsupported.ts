/** Functions of R's formulas that this program does not have, with the nearest way. */
export const unsupportedFunctions: ReadonlyMap<string, string> = new Map([
  ...named(
    "all levels of a term are independent here: (1 | g), or (1 + time | g) for a trend of each level",
    ...["ar1", "ar", "ou", "arma", "cosy", "toep", "mat", "exp_cov", "gau"],
  ),
  ...named("(1 + x | g) has an unstructured covariance matrix", "us", "un", "unstr"),
  ...named("(1 + x || g) has a diagonal covariance matrix", "diag"),
  ...named("(1 | g) gives all rows of a level the same correlation", "cs", "homcs"),
  ...named(
    "a curve is a polynomial here, poly(x, 3), or columns of a spline that you add to the data",
    ...["s", "t2", "te", "ti", "gp", "bs", "ns", "lo", "loess", "pb", "rw1", "rw2"],
  ),
  ...named("a row belongs to one level of each factor: (1 | g)", "mm"),
  ...named("a covariate is taken as it was measured: x", "me", "mi"),
  ...named("an ordered factor is a factor or a number here: factor(x), or x", "mo", "ordered"),
  ...named("add the spatial effect of each site as (1 | site)", "car", "sar"),
  ...named("write (1 | g)", "rr", "gr"),
]);

function named(way: string, ...functions: readonly string[]): [string, string][] {
  return functions.map((name) => [name, way]);
}
