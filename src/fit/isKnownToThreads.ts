import { families } from "../family/families.js";
import { priors } from "../prior/priors.js";
import type { PreparedModel } from "./PreparedModel.js";

/** Whether threads have the family and the priors of a model, and so can compile it: those of plugins and those given by value they have not. */
export function isKnownToThreads({ ast, compiled, plugins }: PreparedModel): boolean {
  const has = (list: readonly { readonly name: string }[], name: string) => list.some((one) => one.name === name);
  const others = ast.priors.filter(({ distribution }) => !["lkj", "constant", "flat"].includes(distribution.name));
  return (
    plugins.length === 0 &&
    has(families, compiled.family.name) &&
    others.every(({ distribution }) => has(priors, distribution.name))
  );
}
