import { describe, expect, it } from "vitest";
import { defineFamily } from "../../src/family/defineFamily.js";
import type { Family } from "../../src/family/Family.js";
import { families } from "../../src/family/families.js";
import { poisson } from "../../src/family/poisson.js";

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
      { slots: [...poisson.slots, { kind: "dispersion", name: "mu", links: ["log"] }] },
      'the slot "mu" is there twice',
    ],
  ])("refuses %s", (_what, change, message) => {
    expect(() => defineFamily({ ...poisson, ...change })).toThrow(TypeError);
    expect(() => defineFamily({ ...poisson, ...change })).toThrow(message);
  });

  it("says everything at once", () => {
    const { mean: _mean, simulate: _simulate, ...rest } = poisson;
    const record: unknown = { ...rest, name: "2" };
    expect(() => Reflect.apply(defineFamily, undefined, [record])).toThrow(
      'the family "2" cannot be used: "2" is no name: letters, digits and _, a letter first; "mean" is not a function; "simulate" is not a function',
    );
  });
});
