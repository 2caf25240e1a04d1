import { describe, expect, it } from "vitest";
import { laplaceMarginal } from "../../src/marginal/laplace.js";
import { posteriorMode } from "../../src/marginal/posteriorMode.js";
import { measureSpreads, positionAt, propose, standardised } from "../../src/marginal/proposal.js";
import { createStream } from "../../src/math/random/createStream.js";
import { groupedTable, viewOf } from "./designs.js";

const { view } = viewOf(
  "events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 | g)\nprior sd ~ lognormal(-1, 0.5)",
  groupedTable(3, 60),
);
const mode = posteriorMode(laplaceMarginal(view));
const coordinates = standardised(view, mode);
const n = mode.position.length;
const spreads = [
  { below: 1.3, above: 0.8, growth: [] },
  { below: 1, above: 1, growth: [0.3] },
  { below: 0.9, above: 1.1, growth: [-0.1] },
];

describe("standardised coordinates", () => {
  it("give the mode's covariance back: L L'", () => {
    for (let r = 0; r < n; r++)
      for (let c = 0; c < n; c++) {
        const product = coordinates.directions.reduce((total, direction) => total + direction[r] * direction[c], 0);
        expect(product).toBeCloseTo(mode.covariance[r * n + c], 12);
      }
  });

  it("leave the hyperparameters alone where beta's coordinates move", () => {
    expect(coordinates.hyperparameters).toBe(1);
    const moved = positionAt(coordinates, [0, 1, -1]);
    expect(moved[2]).toBe(mode.position[2]);
  });
});

describe("proposed positions", () => {
  const points = propose(coordinates, spreads, 4000, createStream(1, 1));

  it("come from a density that integrates to 1, by importance sampling of another one", () => {
    const logNormal = (position: Float64Array) => {
      let squares = 0;
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++)
          squares += (position[i] - mode.position[i]) * mode.precision[i * n + j] * (position[j] - mode.position[j]);
      return -0.5 * squares - 0.5 * n * Math.log(2 * Math.PI) - coordinates.logDeterminant;
    };
    const mean = points.reduce(
      (total, { position, logDensity }) => total + Math.exp(logNormal(position) - logDensity),
      0,
    );
    expect(mean / points.length).toBeCloseTo(1, 2);
  });

  it("are the same for the same stream, and others for another", () => {
    const again = propose(coordinates, spreads, 10, createStream(2, 1));
    expect(propose(coordinates, spreads, 10, createStream(2, 1))).toEqual(again);
    expect(propose(coordinates, spreads, 10, createStream(3, 1))).not.toEqual(again);
  });

  it("lie on either side of the mode as its spreads say", () => {
    const direction = coordinates.directions[0];
    const below = points.filter(({ position }) => (position[2] - mode.position[2]) / direction[2] < 0).length;
    expect(below / points.length).toBeCloseTo(1.3 / 2.1, 2);
  });
});

describe("spreads", () => {
  it("are those of a split normal where the density is one", () => {
    const [hyperparameter, coefficient] = coordinates.directions;
    const logDensity = (position: Float64Array) => {
      const h = (position[2] - mode.position[2]) / hyperparameter[2];
      const z = (position[0] - mode.position[0] - h * hyperparameter[0]) / coefficient[0];
      return -0.5 * (h < 0 ? h / 1.3 : h / 0.8) ** 2 - 0.5 * (z / Math.exp(0.3 * h)) ** 2;
    };
    const [first, second] = measureSpreads(coordinates, logDensity);
    expect(first.below).toBeCloseTo(1.3, 12);
    expect(first.above).toBeCloseTo(0.8, 12);
    expect(second.growth[0]).toBeCloseTo(0.3, 12);
  });
});
