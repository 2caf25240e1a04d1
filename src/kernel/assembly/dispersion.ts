import { DESCRIPTOR, DISPERSION_GRADIENT } from "../descriptor";

/** Adds to the derivative in the dispersion, lane by lane. */
export function addDispersionGradient(gradient: v128): void {
  const address = DESCRIPTOR + DISPERSION_GRADIENT;
  v128.store(address, f64x2.add(v128.load(address), gradient));
}
