import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { families } from "../../src/family/families.js";
import { priors } from "../../src/prior/priors.js";
import { nameOf, roomOf, sources, withoutComments } from "./sources.js";

/** Other things that are called normal: a prior, and the weight function of a quadrature rule. */
const otherNormals = ["density/defaultPriors.ts", "math/quadrature/gaussHermite.ts"];
/** Names that are priors, targets of priors or fields of a view besides. */
const otherThings = [...priors.map(({ name }) => name).filter((name) => name !== "normal"), "beta", "cumulative"];

describe("facts about a family", () => {
  it("stand in its record: no file of another room but the kernel's names one", () => {
    const names = families.map(({ name }) => name).filter((name) => !otherThings.includes(name));
    const literal = new RegExp(`["'\`](${names.join("|")})(-\\w+)?["'\`]`, "g");
    const offences = sources()
      .filter((file) => !["family", "kernel", "prior"].includes(roomOf(file)))
      .flatMap((file) => {
        const found = [...withoutComments(readFileSync(file, "utf8")).matchAll(literal)].map(([text]) => text);
        return found.length === 0 ? [] : [`${nameOf(file)}: ${[...new Set(found)].join(", ")}`];
      })
      .filter((offence) => !otherNormals.some((file) => offence === `${file}: "normal"`));
    expect(names).toContain("negative_binomial");
    expect(offences).toEqual([]);
  });
});
