import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/argument/ArgumentError.js";
import { defineFamily } from "../../src/family/defineFamily.js";
import type { Family, RowLikelihood } from "../../src/family/Family.js";
import { families } from "../../src/family/families.js";
import { negativeBinomial } from "../../src/family/negativeBinomial.js";
import { poisson } from "../../src/family/poisson.js";
import { scaledNormal } from "./scaledNormal.js";

describe("defineFamily", () => {
  it("returns every built-in family as it is", () => {
    for (const family of families) expect(defineFamily(family)).toBe(family);
  });

  it.each<[string, Partial<Family>, string]>([
    ["a name with a space", { name: "my poisson" }, '"my poisson" is no name: letters, digits and _, a letter first'],
    ["no mean", { slots: [] }, 'it needs exactly one slot of kind "mean", not 0'],
    [
      "an unknown link",
      { slots: [{ kind: "mean", name: "mu", links: ["lgo"] }] },
      'the slot "mu" has an unknown link "lgo"',
    ],
    ["no links", { slots: [{ kind: "mean", name: "mu", links: [] }] }, 'the slot "mu" has no links'],
    [
      "a link that its rows do not take",
      { slots: [{ kind: "mean", name: "mu", links: ["probit"] }] },
      'its rowLikelihood does not take its own link "probit"',
    ],
    [
      "two slots of one name",
      { slots: [...poisson.slots, { kind: "auxiliary", name: "mu", links: ["log"] }] },
      'the slot "mu" is there twice',
    ],
  ])("refuses %s", (_what, change, message) => {
    expect(() => defineFamily({ ...poisson, ...change })).toThrow(ArgumentError);
    expect(() => defineFamily({ ...poisson, ...change })).toThrow(message);
  });

  it.each(["dEta", "dEta2", "dEta3"] as const)("refuses a wrong %s, with where it is wrong", (name) => {
    const rowLikelihood = (link: string): RowLikelihood => ({
      evaluate(y, trials, eta, phi, order, out) {
        poisson.rowLikelihood(link).evaluate(y, trials, eta, phi, order, out);
        out[name] += 0.1;
      },
    });
    expect(() => defineFamily({ ...poisson, rowLikelihood })).toThrow(
      new RegExp(
        `^the family "poisson" cannot be used: ${name} of its "log" rows is wrong at y = 0, eta = -0.7: .* by differences`,
      ),
    );
  });

  it.each(["dPhi", "dEtaPhi", "dEta2Phi"] as const)("refuses a wrong %s", (name) => {
    const rowLikelihood = (link: string): RowLikelihood => ({
      evaluate(y, trials, eta, phi, order, out) {
        negativeBinomial.rowLikelihood(link).evaluate(y, trials, eta, phi, order, out);
        out[name][0] += 0.1;
      },
    });
    expect(() => defineFamily({ ...negativeBinomial, rowLikelihood })).toThrow(
      `${name} of its "log" rows is wrong at y = 0, eta = -0.7, phi = 0.8: `,
    );
  });

  it.each([0, 1])("compares the derivatives in each of several parameters, inside its support: parameter %d", (k) => {
    for (const name of ["dPhi", "dEtaPhi", "dEta2Phi"] as const) {
      const rowLikelihood = (link: string): RowLikelihood => ({
        evaluate(y, trials, eta, phi, order, out) {
          scaledNormal.rowLikelihood(link).evaluate(y, trials, eta, phi, order, out);
          out[name][k] += 0.1 * out.dEta2;
        },
      });
      expect(() => defineFamily({ ...scaledNormal, rowLikelihood })).toThrow(
        `cannot be used: ${name}[${k}] of its "identity" rows is wrong at y = 0, eta = -0.7, scale = 0.8, share = 0.3: `,
      );
    }
  });

  it("says everything at once", () => {
    const { mean: _mean, simulate: _simulate, ...rest } = poisson;
    const record: unknown = { ...rest, name: "2" };
    expect(() => Reflect.apply(defineFamily, undefined, [record])).toThrow(
      'the family "2" cannot be used: "2" is no name: letters, digits and _, a letter first; "mean" is not a function; "simulate" is not a function',
    );
  });
});
