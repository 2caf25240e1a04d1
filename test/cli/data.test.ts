import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "./terminal.js";

// What a user of the program is told of the data, and the options of reading them.

const workspace = new Workspace();
const excel =
  "y;x;g;when;\r\n1,5;0,5;a;01/02/2023;\r\n2;1;b;13/02/2023;\r\n2,5;1,5;c;01/03/2023;\r\n4;2;a;02/03/2023;\r\n3,5;2,5;b;03/03/2023;\r\n5;3;c;04/03/2023;\r\n;;;;\r\n";
beforeAll(() =>
  workspace.write({ "excel.csv": excel, "codes.csv": "y,zip,x\n1,7,1\n2,8,-99\n4,7,3\n3,8,4\n6,7,5\n5,8,-99.0\n" }),
);
afterAll(() => workspace.remove());

const excelModel = ["--formula", "y ~ x + when", "--family", "normal", "--data", "DIR/excel.csv"];
const notes = [
  'DIR/excel.csv: cells stand between ";", the decimal mark is a comma',
  "DIR/excel.csv: 1 row without any value left out",
];

describe("a file as Excel writes it", () => {
  it("is read, which check says, column by column", async () => {
    const { code, stdout } = await workspace.run(["check", ...excelModel]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      [
        "Columns",
        "  y     number, 1.5 to 5",
        "  x     number, 0.5 to 3",
        "  g     text, 3 levels: a, b, c",
        "  when  date (day/month/year), 2023-02-01 to 2023-03-04",
      ].join("\n"),
    );
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(`Notes ${notes.join(" ")} when counts days from 2023-02-01 `);
  });

  it("is said to be so by fit, in its report and its JSON", async () => {
    const { stdout } = await workspace.run(["fit", ...excelModel, "--engine", "ml"]);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(`${notes.join(" ")} when counts days from 2023-02-01 `);
    const json = JSON.parse((await workspace.run(["fit", ...excelModel, "--engine", "ml", "--json"])).stdout);
    const sha256 = createHash("sha256").update(excel).digest("hex");
    expect(json.data).toEqual({ name: "DIR/excel.csv", rows: 6, columns: 4, sha256 });
    const sampled = await workspace.run([
      "fit",
      ...excelModel,
      "--draws",
      "20",
      "--warmup",
      "60",
      "--json",
      "--workers",
      "0",
    ]);
    expect(JSON.parse(sampled.stdout)).toMatchObject({
      data: json.data,
      notes: [
        { code: "checks" },
        ...notes.map((message) => ({ code: "data", message })),
        { code: "days", message: "when counts days from 2023-02-01" },
      ],
    });
  });

  it("is said to be so by compare, on standard error", async () => {
    const smaller = ["--formula", "y ~ x", "--family", "normal"];
    const { code, stderr } = await workspace.run(["compare", ...excelModel, ...smaller.slice(0, 2)]);
    expect(code).toBe(0);
    expect(stderr).toBe(notes.map((note) => `note: ${note}\n`).join(""));
  });
});

describe("the options of reading", () => {
  const check = async (formula: string, ...options: readonly string[]) => {
    const argv = ["check", "--formula", formula, "--family", "normal", "--data", "DIR/codes.csv", ...options];
    const { stdout, stderr } = await workspace.run(argv);
    return stdout + stderr;
  };

  it("--na takes numbers however they are written", async () => {
    expect(await check("y ~ x", "--na", ".,-99")).toMatch(/rows +4 \(2 dropped/);
    expect(await check("y ~ x", "--na", "-99")).toContain("x    number, 1 to 5, 2 missing");
  });

  it("--text keeps a column from being numbers", async () => {
    expect(await check("y ~ zip", "--text", "zip,x")).toMatch(/factor zip +7 \(reference\), 8\n/);
    expect(await check("y ~ zip", "--text", "zap")).toBe(
      'DIR/codes.csv: no column is called "zap", which is to be read as text\n  the columns are y, zip, x\n',
    );
  });

  it("--decimal takes a point or a comma", async () => {
    expect(await check("y ~ x", "--decimal", ";")).toContain("Allowed choices are ., ,.");
    expect(await check("y ~ x", "--decimal", ",")).toContain(
      'x is a number but for 1 of its 6 values: "-99.0" (row 6)',
    );
  });
});
