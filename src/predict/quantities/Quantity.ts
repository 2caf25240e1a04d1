/** A number that describes the distribution of a new response of a row. */
export type Quantity = QuantityKind & {
  /** The quantity as it is written: "probability(y > 3)". */
  readonly name: string;
};

type QuantityKind =
  | { readonly kind: "mean" | "variance" | "sd" }
  | { readonly kind: "probability"; readonly event: ResponseEvent }
  | { readonly kind: "quantile"; readonly probability: number };

/** The event that a response lies between two ends, or that it does not. */
export interface ResponseEvent {
  /** Null for no end on that side. */
  readonly from: End | null;
  readonly to: End | null;
  /** Whether the event is that the response is elsewhere. */
  readonly isComplement: boolean;
}

/** The end of an interval; open where the end itself is outside. */
export interface End {
  readonly value: number;
  readonly isOpen: boolean;
}
