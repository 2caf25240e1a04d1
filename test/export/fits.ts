import { type Fit, fit, type MlFit } from "../../src/index.js";

/** A model with a column that is called as parameters are, a level with a comma, and effects of two factors. */
export const text = "y ~ poisson(mu)\nlog(mu) = 1 + sd + kind + (1 + sd | g) + (1 | h)";
const rows = Array.from({ length: 60 }, (_, i) => i);
export const data = {
  y: rows.map((i) => (i * 7) % 5),
  sd: rows.map((i) => Math.sin(i)),
  kind: rows.map((i) => (i % 3 === 0 ? "a, b" : 'say "c"')),
  g: rows.map((i) => `g ${i % 6}`),
  h: rows.map((i) => (i * 11) % 4),
};

const options = {
  nuts: { engine: "nuts", workers: 0, chains: 2, draws: 50, warmup: 50 },
  laplace: { engine: "laplace", draws: 100 },
  inla: { engine: "inla", draws: 100 },
  ml: { engine: "ml" },
} as const;

export type EngineName = keyof typeof options;
export const withPosterior = ["nuts", "laplace", "inla"] as const;

/** The model by each engine, each fitted once. */
export class Fits {
  private readonly made = new Map<EngineName, Promise<Fit | MlFit>>();

  of(engine: EngineName): Promise<Fit | MlFit> {
    const known = this.made.get(engine);
    if (known !== undefined) return known;
    const made = fit(text, data, options[engine]);
    this.made.set(engine, made);
    return made;
  }

  async posterior(engine: (typeof withPosterior)[number]): Promise<Fit> {
    const made = await this.of(engine);
    if ("ml" in made) throw new Error(`${engine} has no posterior`);
    return made;
  }
}

/** All pieces of the files of an export, as texts or bytes by their names. */
export async function contents(
  files: readonly {
    readonly name: string;
    readonly pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
  }[],
): Promise<ReadonlyMap<string, Buffer>> {
  const read = new Map<string, Buffer>();
  for (const { name, pieces } of files) {
    const parts: Buffer[] = [];
    for await (const piece of pieces) parts.push(Buffer.from(piece));
    read.set(name, Buffer.concat(parts));
  }
  return read;
}

/** The text of the only file of an export. */
export async function textOf(made: Parameters<typeof contents>[0]): Promise<string> {
  const [whole] = [...(await contents(made)).values()];
  return whole.toString("utf8");
}
