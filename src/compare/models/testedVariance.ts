import type { Design, RandomTerm } from "../../design/Design.js";
import type { PreparedModel } from "../../fit/PreparedModel.js";
import { ComparisonError } from "../ComparisonError.js";
import type { Relation } from "./Comparison.js";
import { modelSpace } from "./ModelSpace.js";
import { beyondSpan, type Column } from "./span.js";
import { tableOrder } from "./tableOrder.js";

export type Nested = Extract<Relation, { kind: "nested" }>;

/** A model as it is known before it is fitted. */
export interface Known extends Pick<PreparedModel, "design" | "compiled"> {
  /** By which it is to be fitted. */
  readonly method: string;
}

/**
 * The term of the larger model whose variance is tested, and how many fixed effects are held besides. Throws ComparisonError for tests that are not of one variance in a linear mixed model.
 */
export function testedVariance(
  smaller: Known,
  larger: Known,
  { restrictions }: Nested,
): { readonly term: RandomTerm; readonly held: number } {
  const { response, scalars, predictors } = larger.design;
  if (larger.method !== "lmm") return refuse("it is that of linear mixed models, by the method lmm");
  if (response.errors !== null || predictors.length > 1 || scalars.some(({ fixed }) => fixed !== null))
    return refuse("the variance of the rows is not a free sigma alone");
  const [tested, ...rest] = restrictions.filter(({ boundaryDimensions }) => boundaryDimensions > 0);
  if (tested === undefined) return refuse("it is that of a test of one variance, and none is tested here");
  if (tested.freeDimensions > 0)
    return refuse(`it is that of a test of one variance alone, and covariances are tested here too: ${tested.what}`);
  if (rest.length > 0 || tested.boundaryDimensions > 1) {
    const what = [tested, ...rest].map((restriction) => restriction.what).join("; ");
    return refuse(`it is that of a test of one variance, and several are tested here: ${what}`);
  }
  const held = restrictions.reduce((sum, { freeDimensions }) => sum + freeDimensions, 0);
  if (hasEffects(smaller) && held > 0) return refuse("fixed effects are tested too, beside other random effects");
  const [term, ...others] = addedTerms(smaller, larger);
  if (term === undefined || others.length > 0 || term.coefficients.length !== 1 || term.held !== undefined)
    return refuse("the models do not differ in one random term alone");
  return { term, held };
}

export function refuse(why: string): never {
  throw new ComparisonError(
    `the exact distribution of the test is not to be had: ${why}; --reference bootstrap (reference "bootstrap") serves any test`,
  );
}

export function hasEffects({ design }: Pick<Known, "design">): boolean {
  return design.predictors[0].randomTerms.length > 0;
}

/** The random terms of the larger model whose effects the smaller has not. */
function addedTerms(smaller: Known, larger: Known): RandomTerm[] {
  const [own, other] = [smaller, larger].map(({ design, compiled }) => modelSpace(design, compiled.family));
  const [{ factors, randomTerms }] = larger.design.predictors;
  return randomTerms.filter((term) => {
    const space = other.factors.find(({ name }) => name === factors[term.factor].name);
    const twin = own.factors.find(({ partition }) => partition.every((level, i) => level === space?.partition[i]));
    return beyondSpan(effectColumns(term, larger.design), twin?.terms.flat() ?? []).length > 0;
  });
}

function effectColumns({ coefficients, Z }: RandomTerm, design: Design): Column[] {
  const order = tableOrder(design);
  return coefficients.map((name, j) => ({ name, values: Float64Array.from(order, (k) => Z[j * design.rows + k]) }));
}
