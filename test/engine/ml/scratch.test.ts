import { it } from "vitest";
import { KeptTerminal } from "../../cli/terminal.js";
it("x", async () => {
  for (const line of ["models/cbpp", "models/epilepsy --points 5", "models/cbpp --json --points 1", "models/cbpp --chains 3 --method pql", "models/cbpp --chains 3", "models/cbpp --points 0 --method laplace", "models/cbpp --points 3 --method laplace","models/cbpp --delimiter ;", "models/cbpp --reml", "models/sleepstudy"]) {
    const o = await new KeptTerminal().run("fit", ...line.split(" "), "--engine", "ml");
    console.log(line, o.code, "\n"+ o.stdout.slice(0, 5000)+ "ERR "+o.stderr);
  }
  const o = await new KeptTerminal().run("fit", "models/cbpp", "--points", "3");
  console.log(o.code, o.stdout.slice(0, 300), o.stderr);
}, 100000);
