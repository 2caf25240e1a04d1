import { it } from "vitest";
import { KeptTerminal } from "../../cli/terminal.js";
it("x", async () => {
  const S = "../shared/data/";
  for (const [f, fam, data, ...more] of [
    ["outcome ~ treatment * time + (1 | id)", "bernoulli", "toenail"],
    ["count ~ factor(treatment) + (1 | clinic)", "normal", "rcbd", "--reml"],
    ["use ~ age + I(age^2) + urban + livch + (1 + age + urban + livch | district)", "bernoulli", "contraception"],
  ]) {
    const t = performance.now();
    const o = await new KeptTerminal().run("fit", "--formula", f, "--family", fam, "--data", `${S}${data}.csv`, "--engine", "ml", ...more);
    console.log(f, more.join(" "), o.code, ((performance.now() - t)/1000).toFixed(2), "\n"+ o.stdout.replace(/Random effects[\s\S]*?\n\n/, "RE...\n\n").slice(0, 3500)+ "ERR "+o.stderr);
  }
  console.log(await new KeptTerminal().run("fit", "models/cbpp", "--delimiter", ",", "--chains", "1", "--workers", "0", "--draws", "20", "--warmup", "20").then((o) => [o.code, o.stderr]));
}, 400000);
