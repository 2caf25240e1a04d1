import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeptTerminal, Workspace } from "./terminal.js";

const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "data.csv":
      "y,x,t,c,g,h\n3,1,a,1,1,1\n2,2,b,2,1,2\n7,3,c,1,2,3\n1,4,a,2,2,4\n4,5,b,1,3,5\n2,6,c,2,3,6\n5,7,a,1,4,7\n",
  }),
);
afterAll(() => workspace.remove());

async function check(lines: readonly string[], columns = 80): Promise<string> {
  workspace.write({ "m.glmm": lines.join("\n") });
  const { code, stdout, stderr } = await workspace.run(["check", "DIR/m.glmm"], new KeptTerminal({ columns }));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return unpainted(stdout);
}

/** Without the marks of bold, dim and yellow. */
function unpainted(text: string): string {
  return text
    .split("\u001b")
    .map((piece, k) => (k === 0 ? piece : piece.replace(/^\[\d+m/, "")))
    .join("");
}

describe("check", () => {
  it("writes the model out", async () => {
    const model = ["y ~ poisson(mu)", "log(mu) = 1 + x * t + offset(log(x)) + (1 + x | g) + (1 | h)"];
    expect((await check(model)).split("\n\n")[0]).toBe(
      [
        "Model",
        "  y ~ poisson(mu)",
        "  log(mu) = 1 + x * t + offset(log(x)) + (1 + x | g) + (1 | h)",
        "  log(mu) = beta[Intercept] + beta[x] x + beta[t.b] t.b + beta[t.c] t.c",
        "          + beta[x:t.b] x:t.b + beta[x:t.c] x:t.c + log(x) + b[g, Intercept]",
        "          + b[g, x] x + b[h, Intercept]",
        "  intercept = beta[Intercept] + 4 beta[x] + 0.286 beta[t.b] + 0.286 beta[t.c]",
        "            + 1 beta[x:t.b] + 1.29 beta[x:t.c]",
        "  (b[g, Intercept], b[g, x]) ~ normal(0, G) for each g",
        "  G from sd[g, Intercept], sd[g, x], cor[g]",
        "  b[h, Intercept] ~ normal(0, sd[h, Intercept]) for each h",
      ].join("\n"),
    );
  });

  it("breaks lines between terms where the terminal is narrow", async () => {
    const model = ["y ~ poisson(mu)", "log(mu) = 1 + x + (1 + x | g)", "prior beta[Intercept] ~ normal(0, 5)"];
    expect((await check(model, 40)).split("\n\n")[0]).toBe(
      [
        "Model",
        "  y ~ poisson(mu)",
        "  log(mu) = 1 + x + (1 + x | g)",
        "  log(mu) = beta[Intercept] + beta[x] x",
        "          + b[g, Intercept] + b[g, x] x",
        "  (b[g, Intercept], b[g, x])",
        "   ~ normal(0, G) for each g",
        "  G from sd[g, Intercept], sd[g, x],",
        "         cor[g]",
      ].join("\n"),
    );
  });

  it("knows a second predictor, fixed numbers and formulas of little", async () => {
    const second = await check(["y ~ normal(mu, sigma)", "mu = 0 + x - 1", "log(sigma) = 1 + x + (1 | g)"]);
    expect(second.split("\n\n")[0]).toBe(
      [
        "Model",
        "  y ~ normal(mu, sigma)",
        "  mu = 0 + x - 1",
        "  mu = beta[x] x",
        "  log(sigma) = 1 + x + (1 | g)",
        "  log(sigma) = sigma.beta[Intercept] + sigma.beta[x] x + sigma.b[g, Intercept]",
        "  sigma.intercept = sigma.beta[Intercept] + 4 sigma.beta[x]",
        "  sigma.b[g, Intercept] ~ normal(0, sigma.sd[g, Intercept]) for each g",
      ].join("\n"),
    );
    expect(await check(["y ~ negative_binomial(mu, phi = 2)", "log(mu) = 0"])).toContain(
      "  y ~ negative_binomial(mu, phi = 2)\n  log(mu) = 0\n  log(mu) = 0\n\n",
    );
  });

  it("writes out the first of many columns", async () => {
    const text = await check(["y ~ poisson(mu)", "log(mu) = 1 + factor(h) * factor(c) + factor(x) * t"]);
    expect(text).toMatch(/\+ beta\[[^\]]+\] \S+\s+\+ \(\d+ more\)\n/);
  });

  it("names the reference level of a factor", async () => {
    const text = await check(["y ~ poisson(mu)", "log(mu) = 1 + t + factor(c) + (0 + t | g)"]);
    expect(text).toMatch(/factor t +a \(reference\), b, c\n/);
    expect(text).toMatch(/factor factor\(c\) +1 \(reference\), 2\n/);
    expect(text).toMatch(/group g +4 levels of 1 to 2 rows\n/);
  });

  it("shows defaults as they would be used, and what is weak with its place", async () => {
    const text = await check(["y ~ poisson(mu)", "log(mu) = 1 + x + I(2 * x)"], 200);
    expect(text).toMatch(/^ {2}beta\[x\] ~ normal\(0, [\d.]+\) \(default\)$/m);
    expect(text).toMatch(/^ {2}DIR\/m\.glmm:2:19: warning: column .* is a linear combination of the other columns$/m);
  });

  it.each(readdirSync("models"))("fits models/%s on a terminal of any width", async (name) => {
    for (const columns of [40, 80, 120]) {
      const { code, stdout } = await workspace.run(["check", `models/${name}`], new KeptTerminal({ columns }));
      expect(code).toBe(0);
      const lines = unpainted(stdout).split("\n");
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      expect(lines).toContain("Model");
      expect(lines).toContain(`  ${readFileSync(`models/${name}/model.glmm`, "utf8").split("\n")[0]}`);
      expect(unpainted(stdout)).toMatch(/\nProblems\n {2}none found\n$/);
    }
  });
});
