import { describe, expect, it } from "vitest";
import { progressDisplay, searchDisplay } from "../../src/cli/progress.js";
import { type ChainProgress, essBulk, type MlProgress } from "../../src/index.js";

/** A terminal that knows what the display uses of it: \r, \n, and the two escapes for "up" and "clear the line". */
class Screen {
  readonly isTTY = true;
  readonly columns: number;
  readonly rows: number;
  private readonly lines: string[] = [""];
  private row = 0;
  private column = 0;
  writes = 0;

  constructor(columns: number, rows = 24) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    this.writes++;
    const [plain, ...escapes] = text.split("\u001b[");
    this.put(plain);
    for (const piece of escapes) {
      const code = /^\d+[AK]/.exec(piece)?.[0] ?? "";
      if (code.endsWith("A")) this.row -= Number(code.slice(0, -1));
      else this.lines[this.row] = "";
      expect(this.row, "above the first line").toBeGreaterThanOrEqual(0);
      this.put(piece.slice(code.length));
    }
  }

  private put(text: string): void {
    for (const character of text) {
      if (character === "\r") this.column = 0;
      else if (character === "\n") [this.row, this.column] = [this.row + 1, 0];
      else {
        expect(this.column, "the line wraps").toBeLessThan(this.columns - 1);
        const line = (this.lines[this.row] ?? "").padEnd(this.column);
        this.lines[this.row] = line.slice(0, this.column) + character + line.slice(++this.column);
      }
    }
  }

  get text(): string {
    return this.lines.join("\n").trimEnd();
  }
}

const draws = Float64Array.from({ length: 1000 }, (_, k) => Math.sin(k * k));

function essOf(made: number): number {
  return Math.round(essBulk([draws.subarray(0, made)]));
}

function progress(chain: number, iteration: number, total = 2000): ChainProgress {
  const made = Math.max(0, iteration - total / 2);
  return {
    chain,
    iteration,
    total,
    phase: iteration <= total / 2 ? "warmup" : "sampling",
    divergences: iteration > 1500 ? 1 : 0,
    stepSize: 0.3,
    meanTreeDepth: 3,
    logDensity: draws.subarray(0, made),
  };
}

describe("progress on a terminal", () => {
  it("is one line a chain, redrawn", () => {
    const screen = new Screen(80);
    let seconds = 0;
    const display = progressDisplay(screen, () => seconds);
    display.update(progress(2, 10));
    seconds = 1;
    display.update(progress(1, 10));
    seconds = 2;
    display.update(progress(2, 210));
    seconds = 3;
    display.update(progress(1, 1610));
    expect(screen.text).toBe(
      `chain 1: 1610/2000 sampling, 1 s left, 1 divergence, ESS ${essOf(610)}\nchain 2:  210/2000 warm-up, 18 s left`,
    );
    seconds = 4;
    display.update(progress(1, 2000));
    expect(screen.text.split("\n")[0]).toBe(`chain 1: 2000/2000 done, 1 divergence, ESS ${essOf(1000)}`);
    display.end();
    expect(screen.text).toBe("");
  });

  it("is redrawn ten times a second at most", () => {
    const screen = new Screen(80);
    const display = progressDisplay(screen, () => 0.5);
    for (let iteration = 10; iteration < 1000; iteration += 10) display.update(progress(1, iteration));
    expect(screen.writes).toBe(1);
  });

  it.each([10, 24, 30, 40, 50])("does not wrap on a terminal of %i columns", (columns) => {
    const screen = new Screen(columns);
    let seconds = 0;
    const display = progressDisplay(screen, () => seconds);
    for (let iteration = 10; iteration <= 2000; iteration += 10) {
      seconds += 0.15;
      display.update(progress(1 + (iteration % 3), iteration));
    }
    expect(screen.text.split("\n").length).toBe(3);
    display.end();
    expect(screen.text).toBe("");
  });

  it("stays on the screen with more chains than lines", () => {
    const screen = new Screen(80, 10);
    let seconds = 0;
    const display = progressDisplay(screen, () => seconds);
    for (let chain = 1; chain <= 40; chain++) {
      seconds += 1;
      display.update(progress(chain, 500));
    }
    expect(screen.text.split("\n").length).toBe(9);
    expect(screen.text).toContain("chain 40:");
  });

  it("has room on a terminal that does not know its height", () => {
    const screen = new Screen(80, 0);
    const display = progressDisplay(screen, () => 1);
    display.update(progress(1, 10));
    expect(screen.text).toBe("chain 1:   10/2000 warm-up");
  });

  it("makes way for a note", () => {
    const screen = new Screen(80);
    let seconds = 0;
    const display = progressDisplay(screen, () => seconds);
    display.update(progress(1, 10));
    screen.write("^C");
    display.note("stopping");
    seconds = 1;
    display.update(progress(1, 20));
    expect(screen.text).toBe("stopping\nchain 1:   20/2000 warm-up, 4 min left");
    display.end();
    expect(screen.text).toBe("stopping");
  });

  it("tells what runs, above its chains and after them", () => {
    const screen = new Screen(80);
    let seconds = 0;
    const display = progressDisplay(screen, () => seconds);
    display.doing("nuts runs");
    for (const chain of [1, 2]) display.update(progress(chain, 10 * ++seconds));
    expect(screen.text).toBe("nuts runs\nchain 1:   10/2000 warm-up\nchain 2:   20/2000 warm-up");
    display.doing("inla runs");
    expect(screen.text).toBe("inla runs");
    display.end();
    expect(screen.text).toBe("");
  });
});

describe("progress elsewhere", () => {
  it("is a line for each tenth", () => {
    const lines: string[] = [];
    let seconds = 0;
    const display = progressDisplay({ write: (text) => lines.push(text) }, () => seconds);
    for (let iteration = 10; iteration <= 200; iteration += 10) {
      seconds += 1;
      display.update(progress(1, iteration, 200));
    }
    display.end();
    expect(lines.slice(0, 2)).toEqual([
      "chain 1:  20/200 warm-up, 18 s left\n",
      "chain 1:  40/200 warm-up, 16 s left\n",
    ]);
    expect(lines.length).toBe(10);
    expect(lines.at(-1)).toMatch(/^chain 1: 200\/200 done, 0 divergences, ESS \d+\n$/);
  });

  it("is a line every half second at most, and none of a run that takes less", () => {
    const linesOf = (secondsAStep: number) => {
      let [text, seconds] = ["", 0];
      const display = progressDisplay({ write: (line) => (text += line) }, () => seconds);
      for (let iteration = 10; iteration <= 200; iteration += 10) {
        seconds += secondsAStep;
        for (const chain of [1, 2]) display.update(progress(chain, iteration, 200));
      }
      return text.split("\n").filter((line) => line.startsWith("chain 2"));
    };
    expect(linesOf(0.02)).toEqual([]);
    expect(linesOf(0.125).map((line) => /\d+\/200/.exec(line)?.[0])).toEqual([
      "40/200",
      "80/200",
      "120/200",
      "160/200",
      "200/200",
    ]);
  });
});

describe("a search for the maximum", () => {
  const at = (stage: string, evaluations: number): MlProgress => ({ stage, evaluations, logLikelihood: -12.34567 });

  it("is one line on a terminal once it has taken a second, redrawn ten times a second at most", () => {
    const screen = new Screen(80);
    let seconds = 0;
    const display = searchDisplay(screen, () => seconds, "ml");
    seconds = 0.9;
    display.update(at("quadrature with 5 points", 20));
    expect(screen.writes).toBe(0);
    seconds = 1.1;
    display.update(at("quadrature with 9 points", 1));
    expect(screen.text).toBe("ml: quadrature with 9 points, 1 evaluation, log-likelihood -12.3457");
    seconds = 1.15;
    display.update(at("quadrature with 9 points", 2));
    expect(screen.text).toMatch(/ 1 evaluation,/);
    seconds = 1.3;
    display.update(at("quadrature with 9 points", 3));
    expect(screen.text).toMatch(/ 3 evaluations,/);
    display.end();
    expect(screen.text).toBe("");
  });

  it("is one line a stage in a log, or a tenth of one whose length is known, once it has taken a second", () => {
    let [written, seconds] = ["", 0];
    const display = searchDisplay({ write: (text) => (written += text) }, () => seconds, "inla");
    const weighing = (done: number) => ({ stage: "weighing", done, total: 400 });
    for (const [time, progress] of [
      [0.9, at("finding the mode", 7)],
      [1.1, at("finding the mode", 8)],
      [2, at("finding the mode", 9)],
      [2.1, weighing(0)],
      [2.4, weighing(20)],
      [3, weighing(39)],
      [3.2, weighing(41)],
      [4, weighing(400)],
    ] as const) {
      seconds = time;
      display.update(progress);
    }
    display.end();
    expect(written.split("\n")).toEqual([
      "inla: finding the mode, 8 evaluations, log-likelihood -12.3457",
      "inla: weighing, 0 of 400",
      "inla: weighing, 41 of 400",
      "inla: weighing, 400 of 400",
      "",
    ]);
  });
});
