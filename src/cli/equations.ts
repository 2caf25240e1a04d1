import { type Design, type ModelAst, type PreparedModel, printExpression, printResponse } from "../index.js";

// The model in mathematics, in the names that results have. normal(0, s) has the standard deviation s, as in the priors.

type Predictor = Design["predictors"][number];
type Expression = ModelAst["predictors"][number]["formula"];

/** Terms of a sum that are written out; of more, the first ones. */
const mostTerms = 12;

/** "count ~ poisson(mu)" */
export function responseLine({ response }: ModelAst): string {
  const texts = response.arguments.map(({ slot, value }) => {
    const text = value.type === "number" ? String(value.value) : value.name;
    return slot === undefined ? text : `${slot.name} = ${text}`;
  });
  return `${printResponse(response)} ~ ${response.family.name}(${texts.join(", ")})`;
}

/**
 * Each linear predictor as its formula and written out, and the intercept that its prior is on, where that is not the raw one.
 * Lines are broken between terms, at `width` characters.
 */
export function predictorLines(prepared: PreparedModel, width: number): string[] {
  const { ast, design, compiled } = prepared;
  return design.predictors.flatMap((part, k) => {
    const formula = ast.predictors.find(({ parameter }) => parameter.name === part.parameter)?.formula;
    const name = predictorName(part);
    const written = part.link === "identity" ? name : `${part.link}(${name})`;
    const probability = probabilityOf(prepared, k);
    const left = probability === null ? written : name;
    const prefix = prefixOf(design, k);
    const intercept = `${prefix}intercept`;
    const isCentred = part.columns.length > 1 && compiled.priors.some(({ name }) => name === intercept);
    return [
      ...(formula === undefined ? [] : [`${written} = ${printExpression(formula)}`]),
      ...(probability === null ? [] : [probability]),
      ...sum(
        left,
        [
          ...fixedTerms(design, part, prefix),
          ...heldTerms(design, prefix),
          ...offsets(formula),
          ...randomTerms(part, prefix),
        ],
        width,
      ),
      ...(isCentred ? sum(intercept, termsAtMeans(part, prefix), width) : []),
    ];
  });
}

/** What predictor k makes of the probabilities of categories: "logit(P(rating <= k)) = threshold[k] - mu"; null of other responses. */
function probabilityOf({ design, compiled: { family } }: PreparedModel, k: number): string | null {
  const { name: y, categories } = design.response;
  const part = design.predictors[k];
  if (part.category !== undefined)
    return `${predictorName(part)} = log(P(${y} = ${part.category}) / P(${y} = ${categories?.[0]}))`;
  if (k > 0 || family.dividedAt === undefined) return null;
  const probability = family.dividedAt.replaceAll(/\by\b/g, y);
  const stretch = design.scalars.find(({ parameter }) => parameter === "disc")?.fixed === 1 ? "" : "disc ";
  const distance = `threshold[k] - ${predictorName(part)}`;
  return `${part.link}(${probability}) = ${stretch === "" ? distance : `${stretch}(${distance})`}`;
}

/** "mu", or of a category "mu.high" */
export function predictorName({ parameter, category }: Predictor): string {
  return category === undefined ? parameter : `${parameter}.${category}`;
}

function prefixOf({ predictors }: Design, k: number): string {
  return k === 0 && predictors[k].category === undefined ? "" : `${predictorName(predictors[k])}.`;
}

function sum(left: string, terms: readonly string[], width: number): string[] {
  const signed = terms.map((term, k) =>
    k === 0 ? `= ${term}` : term.startsWith("-") ? `- ${term.slice(1)}` : `+ ${term}`,
  );
  return packed(`${left} `, signed.length === 0 ? ["= 0"] : signed, width);
}

/** Parts on as few lines as they take, under one another and unbroken. */
function packed(start: string, parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = start + parts[0];
  for (const part of parts.slice(1)) {
    if (line.length + 1 + part.length <= width) line += ` ${part}`;
    else {
      lines.push(line);
      line = " ".repeat(start.length) + part;
    }
  }
  return [...lines, line];
}

function fixedTerms({ held }: Design, { columns, interceptColumn }: Predictor, prefix: string): string[] {
  const isAboutMeans = held.some(({ name }) => name === `${prefix}intercept`);
  const covariate = (name: string) => (isAboutMeans ? `(${name} - mean)` : name);
  return shortened(
    columns.map((name, k) => `${prefix}beta[${name}]${k === interceptColumn ? "" : ` ${covariate(name)}`}`),
  );
}

/** Coefficients and intercepts that are held at a number: "0.5 x". */
function heldTerms({ held }: Design, prefix: string): string[] {
  return held.flatMap(({ name, value }) => {
    if (name === `${prefix}intercept`) return [String(value)];
    if (!name.startsWith(`${prefix}beta[`)) return [];
    const column = name.slice(prefix.length + "beta[".length, -1);
    return [column === "Intercept" ? String(value) : `${value} ${column}`];
  });
}

/** The linear predictor at the means of the columns. */
function termsAtMeans({ columns, columnMeans, interceptColumn }: Predictor, prefix: string): string[] {
  const terms = columns.flatMap((name, k) => {
    const mean = Number(columnMeans[k].toPrecision(3));
    return k === interceptColumn || mean === 0 ? [] : [`${mean} ${prefix}beta[${name}]`];
  });
  return [`${prefix}beta[Intercept]`, ...shortened(terms)];
}

function shortened(terms: string[]): string[] {
  return terms.length <= mostTerms ? terms : [...terms.slice(0, mostTerms), `(${terms.length - mostTerms} more)`];
}

function offsets(formula: Expression | undefined): string[] {
  if (formula?.type === "binary") return [...offsets(formula.left), ...offsets(formula.right)];
  const isOffset = formula?.type === "call" && formula.callee.name === "offset";
  return isOffset ? formula.arguments.map((argument) => printExpression(argument)) : [];
}

function randomTerms({ randomTerms: terms, factors }: Predictor, prefix: string): string[] {
  return terms.flatMap(({ factor, coefficients }) =>
    coefficients.map((name) => {
      const effect = `${prefix}b[${factors[factor].name}, ${name}]`;
      return name === "Intercept" ? effect : `${effect} ${name}`;
    }),
  );
}

/** "b[herd, Intercept] ~ normal(0, sd[herd, Intercept]) for each herd" */
export function randomEffectLines({ design }: PreparedModel, width: number): string[] {
  return design.predictors.flatMap(({ randomTerms: terms, factors }, k) =>
    terms.flatMap(({ factor, coefficients, held }) => {
      const { name } = factors[factor];
      const each = (what: string) => coefficients.map((inner) => `${prefixOf(design, k)}${what}[${name}, ${inner}]`);
      const effects = each("b");
      const sds = each("sd").map((sd, c) => String(held?.sds[c] ?? sd));
      if (effects.length === 1) return packed(effects[0], [` ~ normal(0, ${sds[0]})`, `for each ${name}`], width);
      const vector = effects.map((effect, c) => `${effect}${c < effects.length - 1 ? "," : ")"}`);
      return [
        ...packed("(", [...vector, "~ normal(0, G)", `for each ${name}`], width),
        ...packed(
          "G from ",
          [...sds.map((sd) => `${sd},`), String(held?.correlation ?? `${prefixOf(design, k)}cor[${name}]`)],
          width,
        ),
      ];
    }),
  );
}
