import type { Problem } from "../language/ModelError.js";
import type { PreparedModel } from "./prepare.js";

/** What keeps the log marginal likelihood from being held against another model's. */
export function improperEvidence({ compiled }: PreparedModel): Problem[] {
  const improper = compiled.priors.filter(({ proper }) => !proper).map(({ name }) => name);
  if (improper.length === 0) return [];
  return [
    {
      code: "improper-evidence",
      severity: "warning",
      message: `the log marginal likelihood has an arbitrary constant in it, for priors are improper: ${improper.join(", ")}`,
      hint: "hold it against that of no other model, or state proper priors",
    },
  ];
}
