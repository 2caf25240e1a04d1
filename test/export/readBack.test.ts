import { tableFromIPC } from "apache-arrow";
import { readParquet } from "parquet-wasm/node";
import { describe, expect, it } from "vitest";
import { exportFit } from "../../src/index.js";
import { contents, Fits, withPosterior } from "./fits.js";
import { openHdf5 } from "./hdf5.js";

// What is written is read by libraries that did not write it: Parquet by the Rust implementation of Arrow, netCDF 4 by jsfive, which reads HDF5 without its C library.

const fits = new Fits();
const bytesOf = async (made: Parameters<typeof contents>[0]) => {
  const [bytes] = [...(await contents(made)).values()];
  return bytes;
};

describe.each(withPosterior)("what is written of %s", (engine) => {
  it("as Parquet is read by another library, bit for bit", async () => {
    const made = await fits.posterior(engine);
    const bytes = await bytesOf(exportFit(made, "parquet").files);
    const table = tableFromIPC(readParquet(new Uint8Array(bytes)).intoIPCStream());
    const names = ["beta[Intercept]", "sd[g, sd]", "cor[g, Intercept, sd]", "b[h, 3, Intercept]"];
    for (const name of names)
      expect(Array.from(table.getChild(name)?.toArray() ?? [])).toEqual(
        made.draws(name).flatMap((chain) => Array.from(chain)),
      );
    const draws = Array.from(table.getChild(".draw")?.toArray() ?? []);
    expect(draws).toEqual(draws.map((_, k) => k + 1));
    expect(table.schema.fields.map(({ name }) => name).slice(0, 3)).toEqual([".chain", ".iteration", ".draw"]);
  });

  it("as netCDF is read by another library, bit for bit, with its dimensions", async () => {
    const made = await fits.posterior(engine);
    const file = openHdf5(await bytesOf(exportFit(made, "netcdf", { include: ["log_likelihood"] }).files));
    const groups = [
      "posterior",
      ...(engine === "nuts" ? ["sample_stats"] : []),
      "log_likelihood",
      "observed_data",
      "constant_data",
    ];
    expect([...file.keys].sort()).toEqual([...groups].sort());
    const chains = made.draws("beta[Intercept]").length;
    const draws = made.draws("beta[Intercept]")[0].length;
    const effects = file.get("posterior/b_g");
    expect(effects.shape).toEqual([chains, draws, 6, 2]);
    const [chain, draw] = [chains - 1, draws - 2];
    expect(effects.value[((chain * draws + draw) * 6 + 4) * 2 + 1]).toBe(made.draws("b[g, g 4, sd]")[chain][draw]);
    expect(file.get("posterior/g_level").value).toEqual(["g 0", "g 1", "g 2", "g 3", "g 4", "g 5"]);
    expect(file.get("posterior/beta_of").value).toEqual(["Intercept", "sd", 'kind.say "c"']);
    expect(file.get("log_likelihood/y").shape).toEqual([chains, draws, 60]);
    expect(file.get("constant_data/kind").value.slice(0, 2)).toEqual(["a, b", 'say "c"']);
    expect(file.attribute("posterior", "engine")).toBe(engine);
    if (engine === "nuts") expect(file.get("sample_stats/diverging").dtype).toBe("<i1");
  });
});
