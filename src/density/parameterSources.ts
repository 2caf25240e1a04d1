import type { Design } from "../design/Design.js";
import type { AuxiliarySlot, Family } from "../family/Family.js";
import type { Link } from "../family/Link.js";
import { linkNamed } from "../family/links.js";
import { supports } from "../family/supports.js";

/** Where an auxiliary parameter of the family comes from: a number, one of the model's scalars, or a linear predictor of its own. */
export type ParameterSource =
  | { readonly kind: "fixed"; readonly value: number }
  /** By its position among the scalars that are free. */
  | { readonly kind: "scalar"; readonly index: number }
  | { readonly kind: "predictor"; readonly predictor: number; readonly link: Link };

/** One a slot of kind "auxiliary", in their order. */
export function parameterSources(design: Design, family: Family): ParameterSource[] {
  const free = design.scalars.filter(({ fixed }) => fixed === null);
  return auxiliarySlots(family).map(({ name }) => {
    const predictor = design.predictors.findIndex(({ parameter }, k) => k > 0 && parameter === name);
    if (predictor > 0) return { kind: "predictor", predictor, link: linkNamed(design.predictors[predictor].link) };
    const index = free.findIndex(({ parameter }) => parameter === name);
    if (index >= 0) return { kind: "scalar", index };
    return { kind: "fixed", value: design.scalars.find(({ parameter }) => parameter === name)?.fixed ?? 1 };
  });
}

export function auxiliarySlots(family: Family): AuxiliarySlot[] {
  return family.slots.filter((slot) => slot.kind === "auxiliary");
}

/** Whether each parameter lies in its open interval. */
export type SupportCheck = (phi: ArrayLike<number>) => boolean;

export function supportCheck(family: Family): SupportCheck {
  const own = auxiliarySlots(family).map(({ support }) => supports[support ?? "positive"]);
  return (phi) => {
    for (let k = 0; k < own.length; k++) if (!(phi[k] > own[k].lower && phi[k] < own[k].upper)) return false;
    return true;
  };
}
