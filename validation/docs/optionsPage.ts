import { defaultText, flagOf, type Option, type OptionSchema, optionSchemas } from "../../dist/index.js";

/** docs/options.md: a table for each call that takes options, from their schemas. */
export function optionsPage(): string {
  const {
    fit,
    compare,
    compareEvidence,
    compareEngines,
    population,
    loo,
    compareLoo,
    predict,
    ppc,
    residuals,
    influence,
  } = optionSchemas;
  const shared = commonTo(Object.values<OptionSchema>(fit));
  const engines = Object.entries<OptionSchema>(fit).map(([engine, schema]) =>
    section(`\`fit\` with \`engine: "${engine}"\``, without(schema, shared)),
  );
  return [
    "# Options",
    "<!-- Written by `npm run docs:options` from the schemas of the options: change those. -->",
    "In TypeScript options go into the last argument, as in `fit(model, data, { chains: 2 })`; on the command line they are flags. Options are checked before anything runs: " +
      "an `OptionsError` has all that is wrong in `problems`, each with `option`, `code` (`wrong-type`, `not-allowed`, `unknown-option`, `other-engine`, `conflict`, `name-taken`) " +
      "and `message`. An option that is `undefined` is one that is left out.",
    section("`fit` with any engine", shared),
    ...engines,
    section("`compare`: two models by their likelihoods", without(compare, shared)),
    section("`compareEvidence`: two models by their marginal likelihoods", without(compareEvidence, shared)),
    section("`exportFit`: a fit for other programs", optionSchemas.export),
    section("`compareEngines`: one model through several engines", without(compareEngines, shared)),
    section("`population`: what a fit says of a population", population),
    section("`loo`: rows and groups left out", loo),
    section("`compareLoo`: fits by how well they predict", compareLoo),
    section("`predict`: what a fit says of rows", predict),
    section("`sensitivity`: how far priors and the likelihood decide", optionSchemas.sensitivity),
    section("`varyPriors`: the posterior under other priors", optionSchemas.varyPriors),
    section("`tippingPoints`: what it would take to change a conclusion", optionSchemas.tippingPoints),
    section("`ppc`: data replicated from a fit", ppc),
    section("`simulate`: new responses from a fit", optionSchemas.simulate),
    section("`simulateModel`: responses of a model that is not fitted", optionSchemas.simulateModel),
    section("`means`: estimated marginal means", optionSchemas.means),
    section("`solve`: where a mean takes a value", optionSchemas.solve),
    section("`residuals`: randomised quantile residuals and their tests", residuals),
    section("`contrasts`: estimated marginal means compared", optionSchemas.contrasts),
    section("`sbc`: fits of simulated data against the truth", optionSchemas.sbc),
    section("`influence`: what rows and groups decide", influence),
    section("`slopes`: derivatives, and differences of factors", optionSchemas.slopes),
    section("`testHypotheses`: hypotheses about parameters", optionSchemas.test),
    section("`bootstrap`: parametric bootstrap of a fit by maximum likelihood", optionSchemas.bootstrap),
    "`compare`, `compareEvidence` and `compareEngines` take the options of `fit` with any engine too; the default of `level` in `compareEngines` is 0.95.\n",
  ].join("\n\n");
}

/** Options that every schema has, declared alike but for their defaults. */
function commonTo(schemas: readonly OptionSchema[]): OptionSchema {
  const [first, ...others] = schemas;
  const isCommon = ([name, { sentence }]: [string, Option<unknown>]) =>
    name !== "seed" && others.every((schema) => schema[name]?.sentence === sentence);
  return Object.fromEntries(Object.entries(first ?? {}).filter(isCommon));
}

function without(schema: OptionSchema, left: OptionSchema): OptionSchema {
  const isKept = ([name]: [string, unknown]) => !Object.hasOwn(left, name);
  return Object.fromEntries(Object.entries(schema).filter(isKept));
}

function section(title: string, schema: OptionSchema): string {
  const rows = Object.entries(schema).map(([name, option]) => row(name, option));
  const head =
    "| option | on the command line | what it does | values | default | example |\n|---|---|---|---|---|---|";
  return `## ${title}\n\n${head}\n${rows.join("\n")}`;
}

function row(name: string, option: Option<unknown>): string {
  const { type, sentence, unit, example } = option;
  const flag = flagOf(name, option);
  const isPlain = example !== undefined && JSON.stringify(example) !== "[]";
  const cells = [
    `\`${name}\``,
    flag === null ? "" : `\`${flag}\``,
    sentence,
    unit === undefined || type.allowed.includes(unit) ? type.allowed : `${type.allowed} (${unit})`,
    defaultText(option) ?? "off",
    isPlain ? `\`${name}: ${JSON.stringify(example)}\`` : "",
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
