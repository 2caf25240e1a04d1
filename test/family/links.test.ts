import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { links } from "../../src/family/links.js";
import { linkNamed } from "./support.js";

const path = "../../validation/fixtures/distributions/families/densities.fixture.json";
type Row = readonly [eta: number, mu: number, dMuDEta: number];
const fixture: Record<string, readonly Row[]> = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")).links;
const TOLERANCE = 1e-13;

/** Where mu still has the digits that give eta back; to the right a probability near 1 has lost them. */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  identity: [-1e6, 1e6],
  log: [-700, 700],
  logit: [-700, 3],
  probit: [-37, 2],
  cloglog: [-700, 1],
  sqrt: [0, 1e6],
  inverse: [1e-6, 1e6],
  inverse_squared: [1e-6, 1e6],
};

describe("links", () => {
  it.each(Object.keys(fixture))("%s equals R's", (name) => {
    const { link, inverseLink, dMuDEta } = linkNamed(name);
    for (const [eta, mu, slope] of fixture[name]) {
      expect(Math.abs(inverseLink(eta) / mu - 1)).toBeLessThan(TOLERANCE);
      expect(Math.abs(dMuDEta(eta) / slope - 1)).toBeLessThan(TOLERANCE);
      expect(Math.abs(link(mu) - eta)).toBeLessThan(TOLERANCE * 10);
    }
  });

  it.each(links.map(({ name }) => name))("%s is undone by its inverse", (name) => {
    const { link, inverseLink } = linkNamed(name);
    const [min, max] = ranges[name];
    fc.assert(
      fc.property(fc.double({ min, max, noNaN: true }), (eta) => {
        expect(Math.abs(link(inverseLink(eta)) - eta)).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(eta)));
      }),
      { seed: 21, numRuns: 500 },
    );
  });

  it.each(["logit", "probit", "cloglog"])("%s reaches the ends of the probabilities", (name) => {
    const { link, inverseLink, dMuDEta } = linkNamed(name);
    expect([link(0), link(1)]).toEqual([-Infinity, Infinity]);
    expect([-1e6, 1e6].map((eta) => Math.abs(inverseLink(eta)))).toEqual([0, 1]);
    expect([-1e6, 1e6].map(dMuDEta)).toEqual([0, 0]);
  });
});
