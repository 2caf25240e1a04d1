/** What a coordinate stands for. */
export type Coordinate =
  | { readonly part: "beta" | "dispersion"; readonly index: number }
  | { readonly part: "Lambda"; readonly factor: number; readonly row: number; readonly column: number }
  | HeldTermCoordinate;

/** Of a term of which something is held, whose effects stand among the factor's from `first` on. */
export type HeldTermCoordinate = { readonly factor: number; readonly first: number; readonly row: number } & (
  | { readonly part: "sd" }
  | { readonly part: "correlation"; readonly column: number }
);

/** Whether a coordinate is one of the covariance of random effects. */
export function isOfCovariance(place: Coordinate): place is Extract<Coordinate, { factor: number }> {
  return place.part !== "beta" && place.part !== "dispersion";
}
