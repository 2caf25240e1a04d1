import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { importTable, nameOf, relativeImports, roomOf, sources, withoutComments } from "./sources.js";

describe("who may import whom", () => {
  const table = importTable();
  const files = sources();

  it("has a row for every room", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.map(roomOf).filter((room) => !table.has(room))).toEqual([]);
  });

  it("is kept by every relative import", () => {
    const offences = files.flatMap((file) =>
      relativeImports(file)
        .map(roomOf)
        .filter((to) => to !== roomOf(file) && !table.get(roomOf(file))?.has(to))
        .map((to) => `${nameOf(file)} imports ${to}`),
    );
    expect(offences).toEqual([]);
  });

  it("shows engines and marginal the contracts of density only", () => {
    const contracts = ["LogDensity", "LatentGaussian", "LatentValues", "RowTable", "NodeLayout", "TransportReference"];
    const offences = files
      .filter((file) => ["engine", "marginal"].includes(roomOf(file)))
      .flatMap((file) => relativeImports(file).map((imported) => [nameOf(file), nameOf(imported)]))
      .filter(([, imported]) => imported.startsWith("density/"))
      .filter(([, imported]) => !contracts.some((contract) => imported === `density/${contract}.ts`));
    expect(offences).toEqual([]);
  });

  it("leaves Node to the rooms that may touch it", () => {
    const allowed = ["cli/", "folder/", "platform/node/"];
    const offences = files
      .filter((file) => /from "node:/.test(readFileSync(file, "utf8")))
      .map((file) => nameOf(file))
      .filter((file) => !allowed.some((prefix) => file.startsWith(prefix)));
    expect(offences).toEqual([]);
  });

  it("leaves the names of Node and of browsers to the rooms that may touch them", () => {
    const globals = /\b(process|Buffer|require|document|window|navigator|self|globalThis)\b[.(]/;
    const offences = files
      .filter((file) => !["cli", "folder", "platform"].includes(roomOf(file)))
      .filter((file) => globals.test(withoutComments(readFileSync(file, "utf8"))))
      .map((file) => nameOf(file));
    expect(offences).toEqual([]);
  });

  it("leaves the platform's own exp and log to rooms that no draw passes through", () => {
    const rooms = ["design", "density", "family", "prior", "transform", "engine", "math", "kernel"];
    const platformFunctions =
      /Math\.(exp|log|log2|log10|log1p|expm1|pow|sinh?|cosh?|tanh?|asin|acos|atan2?|cbrt|hypot|random)\b/;
    const offences = files
      .filter(
        (file) => rooms.includes(roomOf(file)) && platformFunctions.test(withoutComments(readFileSync(file, "utf8"))),
      )
      .map((file) => nameOf(file));
    expect(offences).toEqual([]);
  });
});
