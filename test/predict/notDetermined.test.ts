import { expect, it } from "vitest";
import { fit, predict } from "../../src/index.js";
import { trial } from "./population/trial.js";

it("new rows in an empty cell of the design are told of by maximum likelihood, others are not", async () => {
  const there = trial.x.map((_, i) => !(trial.arm[i] === "drug" && trial.h[i] === "h2"));
  const { arm, h, y } = trial;
  const [arms, hs, ys] = [arm.filter((_, i) => there[i]), h.filter((_, i) => there[i]), y.filter((_, i) => there[i])];
  const ml = await fit("y ~ normal(mu, sigma)\nmu = 1 + arm * h", { arm: arms, h: hs, y: ys }, { engine: "ml" });
  const rows = { arm: ["control", "drug", "drug"], h: ["h2", "h1", "h2"] };
  expect((await predict(ml, rows, { effects: "zero" })).notes).toEqual([
    "the data of the fit do not determine the linear predictor of 1 of 3 rows, first row 3: they take part in combinations of levels that no row of the fit has, or in coefficients that have no estimate, which count as 0",
  ]);
  const known = { arm: ["control", "drug"], h: ["h2", "h1"] };
  expect((await predict(ml, known, { effects: "zero" })).notes).toEqual([]);
  expect((await predict(ml, null, { effects: "zero" })).notes).toEqual([]);
});
