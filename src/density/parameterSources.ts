import type { Design } from "../design/Design.js";
import type { ScalarSupport } from "../design/FamilySignature.js";
import { predictorName } from "../design/predictorName.js";
import type { AuxiliarySlot, Family } from "../family/Family.js";
import type { Link } from "../family/Link.js";
import { linkNamed } from "../family/links.js";
import { supports } from "../family/supports.js";

/** Where a parameter of the rows besides the mean comes from: a number, one of the model's scalars, or a linear predictor of its own. */
export type ParameterSource = { readonly name: string; readonly support: ScalarSupport } & (
  | { readonly kind: "fixed"; readonly value: number }
  /** By its position among the scalars that are free. */
  | { readonly kind: "scalar"; readonly index: number }
  | { readonly kind: "predictor"; readonly predictor: number; readonly link: Link }
);

/** The parameters that a family's `phi` holds in a model: thresholds, then those of the slots of kind "auxiliary", in their order. */
export function parameterSources(design: Design, family: Family): ParameterSource[] {
  const free = design.scalars.filter(({ fixed }) => fixed === null);
  const thresholds = design.scalars.flatMap(({ parameter, threshold }) => (threshold === undefined ? [] : [parameter]));
  const categories = design.predictors.slice(1).filter(({ category }) => category !== undefined);
  const named = [
    ...categories.map((part) => ({ name: predictorName(part), support: "real" as const })),
    ...thresholds.map((name) => ({ name, support: "real" as const })),
    ...auxiliarySlots(family).map(({ name, support }) => ({ name, support: support ?? ("positive" as const) })),
  ];
  return named.map(({ name, support }): ParameterSource => {
    const predictor = design.predictors.findIndex((part, k) => k > 0 && predictorName(part) === name);
    if (predictor > 0) {
      const { link, category } = design.predictors[predictor];
      const own = linkNamed(category === undefined ? link : "identity");
      return { name, support, kind: "predictor", predictor, link: own };
    }
    const index = free.findIndex(({ parameter }) => parameter === name);
    if (index >= 0) return { name, support, kind: "scalar", index };
    const value = design.scalars.find(({ parameter }) => parameter === name)?.fixed ?? 1;
    return { name, support, kind: "fixed", value };
  });
}

export function auxiliarySlots(family: Family): AuxiliarySlot[] {
  return family.slots.filter((slot) => slot.kind === "auxiliary");
}

/** Whether each parameter lies in its open interval. */
export type SupportCheck = (phi: ArrayLike<number>) => boolean;

export function supportCheck(sources: readonly ParameterSource[]): SupportCheck {
  const own = sources.map(({ support }) => supports[support]);
  return (phi) => {
    for (let k = 0; k < own.length; k++) if (!(phi[k] > own[k].lower && phi[k] < own[k].upper)) return false;
    return true;
  };
}
