import { checkArgument } from "../argument/checkArgument.js";
import { aList, anObject, aText, texts } from "../argument/kinds.js";
import type { Family } from "../family/Family.js";
import { families as builtIn } from "../family/families.js";
import type { ModelAst } from "../language/ast.js";
import { type FormulaOptions, formulaModel } from "../language/formulaModel.js";
import { loadedPlugins, type PluginInput } from "./Plugin.js";

/** Options of `fromFormula`. */
export interface FromFormulaOptions extends FormulaOptions {
  /** Families besides the built-in ones, made by `defineFamily`. */
  readonly families?: readonly Family[];
  /** Plugins, whose families the model may have: those that `loadPlugin` has loaded. */
  readonly plugins?: readonly PluginInput[];
}

/**
 * A model from a formula as lme4 and brms take it: fromFormula("count ~ post * trt + (1 | subject)", "poisson"). What stands before the
 * `~` is that of a model text: arithmetic of columns, `cbind(successes, failures)`, `prop | weights(n)`. The family may have the name that
 * lme4, brms, glmmTMB or MASS gives it. Throws ModelError, which quotes
 * what was given here, and OptionsError for a plugin that has not been loaded.
 */
export function fromFormula(formula: string, family: string, options: FromFormulaOptions = {}): ModelAst {
  checkArgument(aText, formula, "fromFormula", "formula");
  checkArgument(aText, family, "fromFormula", "family");
  checkArgument(anObject, options, "fromFormula", "options");
  const { families = [], plugins, link = "", size = "", priors = [] } = options;
  checkArgument(aText, link, "fromFormula", "link");
  checkArgument(aText, size, "fromFormula", "size");
  checkArgument(texts, priors, "fromFormula", "priors");
  checkArgument(aList, families, "fromFormula", "families");
  const ofPlugins = loadedPlugins(plugins).flatMap((plugin) => plugin.families);
  return formulaModel(formula, family, [...builtIn, ...families, ...ofPlugins], options);
}
