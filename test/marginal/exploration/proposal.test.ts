import { describe, expect, it } from "vitest";
import { shapeOf, splitNormal } from "../../../src/marginal/exploration/axisShape.js";
import { lineProfile } from "../../../src/marginal/exploration/lineProfile.js";
import { posteriorMode } from "../../../src/marginal/exploration/posteriorMode.js";
import { propose, proposeBatches } from "../../../src/marginal/exploration/proposal.js";
import type { Surface } from "../../../src/marginal/exploration/Surface.js";
import { measureSpreads, type Spread } from "../../../src/marginal/exploration/spreads.js";
import { positionAt, standardised } from "../../../src/marginal/exploration/standardised.js";
import { laplaceMarginal } from "../../../src/marginal/likelihoods/laplace.js";
import { createStream } from "../../../src/math/random/createStream.js";
import { normalCdf } from "../../../src/math/special/normalDistribution.js";
import { pausing, runSync } from "../../../src/math/steps.js";
import { groupedTable, viewOf } from "../designs.js";

const { view } = viewOf(
  "events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 | g)\nprior sd ~ lognormal(-1, 0.5)",
  groupedTable(3, 60),
);
const mode = runSync(posteriorMode(laplaceMarginal(view)));
const coordinates = standardised(view, mode);
const n = mode.position.length;
const spread = (below: number, above: number, growth: number): Spread => ({
  shape: splitNormal(below, above),
  given: (z) => ({ centre: 0, logScale: growth * z[0], slopes: new Float64Array(2) }),
});
const spreads = [spread(1.3, 0.8, 0), spread(1, 1, 0.3), spread(0.9, 1.1, -0.1)];

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

  it("come in batches whose lattices are shifted one by one", () => {
    const size = { batches: 3, perBatch: 7 };
    const points = proposeBatches(coordinates, spreads, size, createStream(4, 1));
    expect(points.length).toBe(21);
    // A batch alone is what one lattice of its size is under the same shift, and no batch repeats another.
    expect(points.slice(0, 7)).toEqual(propose(coordinates, spreads, 7, createStream(4, 1)));
    expect(new Set(points.map(({ position }) => position[0])).size).toBe(21);
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
  /** In z: the hyperparameter has a Gumbel distribution, the first coefficient is normal about a bend that it makes, and wider the larger it is. */
  const bend = (h: number) => 0.2 * h * h;
  const GROWTH = 0.15;
  const logDensityAt = ([h, first, second]: readonly number[]) =>
    h - Math.exp(h) - GROWTH * h - 0.5 * ((first - bend(h)) / Math.exp(GROWTH * h)) ** 2 - 0.5 * second * second;
  const inZ = (position: Float64Array) => {
    const rest = position.map((x, i) => x - mode.position[i]);
    return [2, 0, 1].map((i, k) => {
      const z = rest[i] / coordinates.directions[k][i];
      for (let j = 0; j < n; j++) rest[j] -= z * coordinates.directions[k][j];
      return z;
    });
  };
  const surfaceOf = (logDensityAt: (z: readonly number[]) => number): Surface => {
    const logDensity = (position: Float64Array) => logDensityAt(inZ(position));
    return {
      logDensity,
      descent(position, gradient) {
        position.forEach((_, i) => {
          const moved = (by: number) => logDensity(position.map((x, j) => (i === j ? x + by : x)));
          gradient[i] = (moved(-1e-5) - moved(1e-5)) / 2e-5;
        });
        return -logDensity(position);
      },
    };
  };
  const [first, second] = runSync(measureSpreads(coordinates, surfaceOf(logDensityAt)));

  it("follow the conditional modes of what comes after a hyperparameter, and their scales", () => {
    for (const h of [-2, -1, 0.5, 1]) {
      const { centre, logScale } = second.given([h, 0, 0]);
      expect(Math.abs(centre - bend(h))).toBeLessThan(0.15);
      expect(Math.abs(logScale - GROWTH * h)).toBeLessThan(0.05);
    }
  });

  it("have the marginal density of a hyperparameter, the coefficients integrated out", () => {
    // Beyond scores of 2 scales are taken to stay, which this density's do not.
    for (const score of [-1, 0, 1, 2])
      expect(Math.abs(first.shape.at(score).place - Math.log(-Math.log(normalCdf(-score))))).toBeLessThan(0.06);
  });

  it("have it too where the hyperparameter makes coefficients correlate", () => {
    const correlation = (h: number) => Math.tanh(0.3 * h);
    const [{ profile }] = runSync(
      measureSpreads(
        coordinates,
        surfaceOf(([h, a, b]) => -0.5 * (h * h + a * a + b * b) + correlation(h) * a * b),
      ),
    );
    if (profile === undefined) throw new Error("a hyperparameter has a profile");
    for (const h of [-2, -1, 1, 2]) {
      const volume = -0.5 * Math.log(1 - correlation(h) ** 2);
      expect(Math.abs(profile.at(h) - profile.at(0) - (volume - 0.5 * h * h))).toBeLessThan(0.03);
    }
  });

  it("fall off as an exponential does where a log sd may go to minus infinity", () => {
    const { at, share } = shapeOf(runSync(lineProfile(pausing((z: number) => (z < 0 ? 0.7 * z : -z * z)))));
    expect(share).toBe(0.5);
    const [lower, upper] = [at(-3), at(-2)].map(({ place }) => place);
    // Below 0 the distribution function is a multiple of exp(0.7 z).
    expect(upper - lower).toBeCloseTo((Math.log(normalCdf(-2)) - Math.log(normalCdf(-3))) / 0.7, 1);
  });
});
