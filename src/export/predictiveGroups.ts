import type { DrawnRows, RowsAtDraws } from "../density/rowsAtDraws.js";
import type { Fit } from "../fit/fitted.js";
import { createStream } from "../math/random/createStream.js";
import type { RowsInOrder } from "./dataGroups.js";
import { ExportError } from "./ExportError.js";
import type { ExportedDraws } from "./exportedDraws.js";
import type { InferenceGroup, InferenceVariable } from "./InferenceData.js";
import { posteriorGroup } from "./posteriorGroup.js";

/** Streams of one seed that have nothing to do with one another. */
const streams = { responses: 1, priors: 2 };

/** log p(y_i | parameters, random effects) of each draw. Throws ExportError where draws of random effects were not kept. */
export function likelihoodGroup(
  fit: Fit,
  drawn: ExportedDraws,
  { order, dimension }: RowsInOrder,
  name: string,
): InferenceGroup {
  const ofRows = (rows: RowsAtDraws, at: DrawnRows) => {
    const out = rows.derivatives();
    return Float64Array.from(order, (i) => {
      rows.evaluate(i, at, 0, out);
      return out.value;
    });
  };
  return {
    name: "log_likelihood",
    variables: [responseVariable(fit, drawn, { name, dimensions: [dimension] }, () => ofRows)],
  };
}

/** A response of each row at each draw. */
export function predictiveGroup(
  fit: Fit,
  drawn: ExportedDraws,
  { order, dimension }: RowsInOrder,
  name: string,
  seed: number | string,
): InferenceGroup {
  const simulated = () => {
    const stream = createStream(seed, streams.responses);
    return (rows: RowsAtDraws, at: DrawnRows) => Float64Array.from(order, (i) => known(rows.simulate(stream, i, at)));
  };
  return {
    name: "posterior_predictive",
    variables: [responseVariable(fit, drawn, { name, dimensions: [dimension] }, simulated)],
  };
}

/** A response whose mean is too large to simulate from is infinite. */
function known(response: number): number {
  return Number.isNaN(response) ? Number.POSITIVE_INFINITY : response;
}

/** A variable made of the rows at each draw. */
function responseVariable(
  { compiled }: Fit,
  { chains, draws, columns }: ExportedDraws,
  shape: Pick<InferenceVariable, "name" | "dimensions">,
  start: () => (rows: RowsAtDraws, at: DrawnRows) => Float64Array,
): InferenceVariable {
  const kept = columns.flatMap((column) => (column === null ? [] : [column]));
  const { parameters, randomEffects } = compiled.quantities;
  if (kept.length < parameters.length + randomEffects.length)
    throw new ExportError(
      "no-draws",
      "log_likelihood and posterior_predictive need the draws of the random effects, which were not kept",
      'fit with --random-effects draws (randomEffects: "draws")',
    );
  return {
    ...{ ...shape, type: "number", drawn: { chains, draws } },
    *values() {
      const rows = compiled.rowsAtDraws();
      const at = rows.drawnRows();
      const draw = new Float64Array(kept.length);
      const valuesOf = start();
      for (let chain = 0; chain < chains; chain++)
        for (let s = 0; s < draws; s++) {
          for (let k = 0; k < kept.length; k++) draw[k] = kept[k][chain][s];
          rows.read(draw, at);
          yield valuesOf(rows, at);
        }
    },
  };
}

/** Throws ExportError where a prior is improper. */
export function refuseImproperPriors({ compiled }: Pick<Fit, "compiled">): void {
  const improper = compiled.priors.find(({ proper }) => !proper);
  if (improper !== undefined)
    throw new ExportError(
      "improper-prior",
      `the prior on ${improper.name} is improper, so that there is nothing to draw from`,
      "state a proper prior, or leave out the group prior",
    );
}

/** Draws of parameters and responses from the priors, as many as the posterior has. Throws ExportError where a prior is improper. */
export function priorGroups(
  { compiled, design }: Fit,
  { chains, draws }: ExportedDraws,
  { order, dimension }: RowsInOrder,
  name: string,
  seed: number | string,
): InferenceGroup[] {
  refuseImproperPriors({ compiled });
  const stream = createStream(seed, streams.priors);
  const simulated = Array.from({ length: chains * draws }, () => compiled.simulatePrior(stream));
  const count = compiled.quantities.parameters.length + compiled.quantities.randomEffects.length;
  const columns = Array.from({ length: count }, (_, k) =>
    Array.from({ length: chains }, (__, chain) =>
      Float64Array.from({ length: draws }, (___, s) => simulated[chain * draws + s].draw[k]),
    ),
  );
  return [
    { ...posteriorGroup(design, { chains, draws, columns, notes: [] }), name: "prior" },
    {
      name: "prior_predictive",
      variables: [
        {
          ...{ name, type: "number", drawn: { chains, draws }, dimensions: [dimension] },
          *values() {
            for (const { response } of simulated) yield Float64Array.from(order, (i) => known(response[i]));
          },
        },
      ],
    },
  ];
}
