import type { ModelAst, Span } from "./ast.js";
import { readStatements, type Token } from "./lexer.js";
import { errorAt, ModelError } from "./ModelError.js";
import { parseModel } from "./parser.js";
import { printFirstName, printName } from "./printer.js";
import { didYouMean } from "./suggest.js";

export interface FormulaOptions {
  /** The link of the mean; by default the family's usual one. */
  readonly link?: string;
  /** Lines such as "prior beta ~ normal(0, 1)"; the word `prior` may be left out. */
  readonly priors?: readonly string[];
  /** For the binomial family: the column of trials, where the formula does not say `y | trials(size) ~ ...`. */
  readonly size?: string;
}

/**
 * A model from a formula as lme4 and brms take it: fromFormula("count ~ post * trt + (1 | subject)", "poisson"). Its
 * source, which later problems quote, is the model text that the formula stands for. Throws ModelError.
 */
export function fromFormula(formula: string, family: string, options: FormulaOptions = {}): ModelAst {
  const text = formula.replace(/\s*[\r\n]+\s*/g, " ").trim();
  const known = usualFamily(family, text);
  const { response, size, right } = splitFormula(text);
  const trials = size ?? (options.size === undefined ? null : printName(options.size));
  if (known.takesTrials && trials === null)
    fail(text, "missing-trials", `the ${known.name} family needs its trials`, trialsHint);
  if (!known.takesTrials && trials !== null) fail(text, "no-trials", `the ${known.name} family takes no trials`);
  const slots = trials === null ? known.parameters : [trials, ...known.parameters];
  const lines = [
    `${response} ~ ${known.name}(${slots.join(", ")})`,
    `${printFirstName(options.link ?? known.link)}(${known.parameters[0]}) = ${right}`,
    ...(options.priors ?? []).map((prior) => (/^\s*prior\s/.test(prior) ? prior : `prior ${prior}`)),
  ];
  return parseModel(lines.join("\n"), "formula");
}

const trialsHint = 'write "y | trials(n) ~ ...", or the option size; a response of 0 and 1 has the family bernoulli';

interface UsualFamily {
  readonly name: string;
  /** The mean first. */
  readonly parameters: readonly string[];
  readonly link: string;
  readonly takesTrials: boolean;
  /** What lme4, brms, glmmTMB and MASS call it. */
  readonly aliases: readonly string[];
}

const usualFamilies: readonly UsualFamily[] = [
  { name: "normal", parameters: ["mu", "sigma"], link: "identity", takesTrials: false, aliases: ["gaussian"] },
  { name: "bernoulli", parameters: ["p"], link: "logit", takesTrials: false, aliases: [] },
  { name: "binomial", parameters: ["p"], link: "logit", takesTrials: true, aliases: [] },
  { name: "poisson", parameters: ["mu"], link: "log", takesTrials: false, aliases: [] },
  {
    name: "negative_binomial",
    parameters: ["mu", "phi"],
    link: "log",
    takesTrials: false,
    aliases: ["negbinomial", "nbinom2"],
  },
];

function usualFamily(family: string, formula: string): UsualFamily {
  const known = usualFamilies.find(({ name, aliases }) => name === family || aliases.includes(family));
  const names = usualFamilies.map(({ name }) => name);
  return known ?? fail(formula, "unknown-family", `unknown family "${family}"`, didYouMean(family, names, "families"));
}

/** `response ~ right`, `response | trials(size) ~ right` or `cbind(response, size - response) ~ right`, names as they are written. */
function splitFormula(formula: string): { response: string; size: string | null; right: string } {
  const tokens = readStatements(formula).statements.flatMap((statement) => statement.tokens);
  const tilde = tokens.find((token) => isSymbol(token, "~"));
  if (!tilde) return fail(formula, "missing-tilde", 'a formula has a "~" after its response', "as in y ~ x + (1 | g)");
  const left = tokens.slice(0, tokens.indexOf(tilde));
  const right = formula.slice(tilde.span.end).trim();
  const [response, bar, trials, open, size, close] = left;
  if (response?.kind === "name" && left.length === 1)
    return { response: printFirstName(response.name), size: null, right };
  const isTrials = isSymbol(bar, "|") && trials?.kind === "name" && trials.name === "trials" && isSymbol(open, "(");
  if (response?.kind === "name" && isTrials && size?.kind === "name" && isSymbol(close, ")") && left.length === 6) {
    return { response: printFirstName(response.name), size: printName(size.name), right };
  }
  const columns = readColumns(left);
  if (columns !== null) return { ...columns, right };
  const isColumns = response?.kind === "name" && response.name === "cbind";
  const hint = isColumns
    ? 'with the number of trials in a column n: "cbind(successes, n - successes) ~ ..." or "successes | trials(n) ~ ..."'
    : 'as in "y ~ ..." or, for the binomial family, "y | trials(n) ~ ..."';
  const span = { start: 0, end: tilde.span.start };
  return fail(formula, "bad-response", "the response is the name of one column", hint, span);
}

/** cbind(a, n - a), R's way to give successes and failures. */
function readColumns(left: readonly Token[]): { response: string; size: string } | null {
  const [cbind, open, successes, comma, size, minus, again, close] = left;
  const symbols = isSymbol(open, "(") && isSymbol(comma, ",") && isSymbol(minus, "-") && isSymbol(close, ")");
  if (!symbols || left.length !== 8 || cbind.kind !== "name" || cbind.name !== "cbind") return null;
  if (successes.kind !== "name" || size.kind !== "name" || again.kind !== "name") return null;
  if (successes.name !== again.name) return null;
  return { response: printFirstName(successes.name), size: printName(size.name) };
}

function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === "symbol" && token.symbol === symbol;
}

function fail(formula: string, code: string, message: string, hint?: string, span?: Span): never {
  throw new ModelError([errorAt(code, span, message, hint)], { name: "formula", text: formula });
}
