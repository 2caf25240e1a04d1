import { afterAll, expect, it } from "vitest";
import { fit, solve } from "../../../src/index.js";
import { Workspace } from "../../cli/terminal.js";

const first = Date.UTC(2024, 0, 1) / 86_400_000;
const days = Array.from({ length: 120 }, (_, i) => first + 2 * i);
const iso = (day: number) => new Date(Math.floor(day) * 86_400_000).toISOString().slice(0, 10);
const data = {
  when: days.map((day) => new Date(day * 86_400_000)),
  arm: days.map((_, i) => (i % 2 === 0 ? "a" : "b")),
  y: days.map((day, i) => 10 + 0.02 * (day - first) + Math.sin(7 * i)),
};
const model = "y ~ normal(mu, sigma)\nmu = 1 + when + arm";
const workspace = new Workspace();
afterAll(() => workspace.remove());

/** The day at which the line of least squares of arm b takes a value. */
async function dayOfLine(target: number): Promise<number> {
  const plain = { ...data, t: days.map((day) => day - first) };
  const { ml } = await fit("y ~ normal(mu, sigma)\nmu = 1 + t + arm", plain, { engine: "ml" });
  const [intercept, slope, arm] = ml.parameters.map(({ estimate }) => estimate);
  return first + (target - intercept - arm) / slope;
}

it.each([["ml"], ["laplace"]] as const)("a date is solved for by %s, in days since 1970", async (engine) => {
  const fitted = await fit(model, data, { engine });
  const asked = { for: "when", target: 12.4, at: ["arm=b"] };
  const { rows, isDate, range } = await solve(fitted, asked);
  expect({ isDate, range }).toEqual({ isDate: true, range: [days[0], days[119]] });
  const within = engine === "ml" ? 1e-4 : rows[0].sd / 2;
  expect(Math.abs(rows[0].estimate - (await dayOfLine(12.4)))).toBeLessThan(within);
  const narrow = await solve(fitted, { ...asked, range: `${iso(days[0])},${iso(days[100])}` });
  expect(narrow.range).toEqual([days[0], days[100]]);
});

it("is shown as a date, and so is what is out of reach", async () => {
  const lines = days.map((_, i) => [iso(days[i]), data.arm[i], data.y[i]].join());
  workspace.write({ "data.csv": ["when,arm,y", ...lines].join("\n"), "model.glmm": model });
  const argv = ["solve", "DIR/model.glmm", "--data", "DIR/data.csv", "--engine", "ml", "--for", "when"];
  const { code, stdout, stderr } = await workspace.run([...argv, "--target", "12.4", "--at", "arm=b"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const day = iso(await dayOfLine(12.4));
  expect(stdout).toContain("searched from 2024-01-01 to 2024-08-26");
  expect(stdout).toMatch(/^ +when +se, days +95% from +to$/m);
  expect(stdout).toMatch(new RegExp(`^solution +${day} +[\\d.]+ +2024-\\d\\d-\\d\\d +2024-\\d\\d-\\d\\d$`, "m"));
  expect(stdout).toMatch(/confidence set \(as Fieller's\): 2024-\d\d-\d\d to 2024-\d\d-\d\d$/m);
  const far = await workspace.run([...argv, "--target", "99"]);
  expect(far.stderr).toContain("the mean does not take the value 99 where when goes from 2024-01-01 to 2024-08-26: ");
  const twice = await workspace.run([...argv, "--target", "12", "--at", "arm=a", "--at", "arm=b"]);
  expect(twice.stderr).toBe("marginalia: --at gives arm twice\n");
});
