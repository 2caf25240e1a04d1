import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/language/ModelError.js";
import { parseModel } from "../../src/language/parser.js";

interface BadModel {
  readonly text: readonly string[];
  readonly message: readonly string[];
}

/** What a user would see, in full, for each way to go wrong. */
const badModels: readonly BadModel[] = [
  { text: [""], message: ["m.glmm:1:1: the model is empty", "  as in count ~ poisson(mu)"] },
  {
    text: ["count ~ poisson(mu)"],
    message: [
      "m.glmm:1:1: the model has no formula",
      "  count ~ poisson(mu)",
      "  ^^^^^^^^^^^^^^^^^^^",
      "  its mean needs a line, as in log(mu) = 1 + x",
    ],
  },
  {
    text: ["log(mu) = 1 + x"],
    message: [
      "m.glmm:1:16: the model has no response",
      "  log(mu) = 1 + x",
      "                 ^",
      "  as in count ~ poisson(mu)",
    ],
  },
  {
    text: ["prior beta ~ normal(0, 1)"],
    message: [
      "m.glmm:1:26: the model has no response",
      "  prior beta ~ normal(0, 1)",
      "                           ^",
      "  as in count ~ poisson(mu)",
      "m.glmm:1:26: the model has no formula",
      "  prior beta ~ normal(0, 1)",
      "                           ^",
      "  its mean needs a line, as in log(mu) = 1 + x",
    ],
  },
  {
    text: ["hello world"],
    message: [
      "m.glmm:1:1: this line is not a statement",
      "  hello world",
      "  ^^^^^^^^^^^",
      "  a line is one of: name ~ family(parameters), link(parameter) = formula, prior target ~ distribution(numbers)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "count ~ normal(mu, sigma)", "log(mu) = 1 + x"],
    message: [
      "m.glmm:2:1: a second response",
      "  count ~ normal(mu, sigma)",
      "  ^^^^^^^^^^^^^^^^^^^^^^^^^",
      "  the first is on line 1",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x", "mu = x"],
    message: ["m.glmm:3:1: a second line for mu", "  mu = x", "  ^^^^^^", "  the first is on line 2"],
  },
  {
    text: [
      "count ~ poisson(mu)",
      "log(mu) = 1 + x",
      "prior beta[a:b] ~ normal(0, 1)",
      "prior beta[b : a] ~ normal(0, 2)",
    ],
    message: [
      "m.glmm:4:1: a second prior on the same target",
      "  prior beta[b : a] ~ normal(0, 2)",
      "  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
      "  the first is on line 3",
    ],
  },
  {
    text: ["count ~ poisson", "log(mu) = 1 + x"],
    message: [
      'm.glmm:1:9: "poisson" stands without its parentheses',
      "  count ~ poisson",
      "          ^^^^^^^",
      "  as in poisson(...)",
    ],
  },
  {
    text: ["count ~ 1 + x", "log(mu) = 1 + x"],
    message: [
      'm.glmm:1:9: expected a family after "~", found "1"',
      "  count ~ 1 + x",
      "          ^",
      "  a formula stands on a line of its own: log(mu) = 1 + x",
    ],
  },
  {
    text: ["count ~ poisson(mu) + x", "log(mu) = 1 + x"],
    message: [
      'm.glmm:1:21: unexpected "+" after the family',
      "  count ~ poisson(mu) + x",
      "                      ^",
      "  a formula stands on a line of its own: log(mu) = 1 + x",
    ],
  },
  {
    text: ["count ~ poisson(log(mu))", "log(mu) = 1 + x"],
    message: [
      "m.glmm:1:17: an argument of poisson is a parameter, a column or a number",
      "  count ~ poisson(log(mu))",
      "                  ^^^",
      "  a link stands on the parameter's own line: log(mu) = 1 + x",
    ],
  },
  {
    text: ["count ~ poisson(mu,)", "log(mu) = 1 + x"],
    message: ["m.glmm:1:20: an argument is missing here", "  count ~ poisson(mu,)", "                     ^"],
  },
  {
    text: ["count ~ poisson(mu sigma)", "log(mu) = 1 + x"],
    message: [
      'm.glmm:1:20: unexpected "sigma" between the arguments',
      "  count ~ poisson(mu sigma)",
      "                     ^^^^^",
      '  expected "," or ")"',
    ],
  },
  {
    text: ['count ~ poisson("mu")', "log(mu) = 1 + x"],
    message: [
      "m.glmm:1:17: an argument of poisson is a parameter, a column or a number",
      '  count ~ poisson("mu")',
      "                  ^^^^",
      "  a link stands on the parameter's own line: log(mu) = 1 + x",
    ],
  },
  {
    text: ["count ~ poisson(-mu)", "log(mu) = 1 + x"],
    message: [
      "m.glmm:1:17: an argument of poisson is a parameter, a column or a number",
      "  count ~ poisson(-mu)",
      "                  ^^^",
      "  a link stands on the parameter's own line: log(mu) = 1 + x",
    ],
  },
  {
    text: ["(1 | g) ~ poisson(mu)", "log(mu) = 1 + x"],
    message: [
      "m.glmm:1:1: a random effect stands in the line of a parameter, not in the response",
      "  (1 | g) ~ poisson(mu)",
      "  ^^^^^^^",
      "  as in log(mu) = 1 + (1 | subject)",
    ],
  },
  {
    text: ["3 ~ poisson(mu)", "log(mu) = 1 + x"],
    message: [
      "m.glmm:1:1: the response is a column, or arithmetic of columns",
      "  3 ~ poisson(mu)",
      "  ^",
      "  as in count ~ poisson(mu) or log(time) ~ normal(mu, sigma)",
    ],
  },
  {
    text: ["y | n ~ binomial(p)", "log(mu) = 1 + x"],
    message: [
      "m.glmm:1:5: after the bar of a response stand additions, joined by +",
      "  y | n ~ binomial(p)",
      "      ^",
      "  additions: trials(n), weights(w), se(s) or se(s, sigma), subset(condition), cens(c) or cens(c, upper), trunc(lower, upper), trunc(lower = a) or trunc(upper = b)",
    ],
  },
  {
    text: ["y | trial(n) ~ binomial(p)", "log(mu) = 1 + x"],
    message: [
      'm.glmm:1:5: unknown addition "trial"',
      "  y | trial(n) ~ binomial(p)",
      "      ^^^^^",
      "  additions: trials(n), weights(w), se(s) or se(s, sigma), subset(condition), cens(c) or cens(c, upper), trunc(lower, upper), trunc(lower = a) or trunc(upper = b)",
    ],
  },
  {
    text: ["y | trunc(least = 1) ~ normal(mu, sigma)", "log(mu) = 1 + x"],
    message: [
      'm.glmm:1:11: trunc() has no argument "least"',
      "  y | trunc(least = 1) ~ normal(mu, sigma)",
      "            ^^^^^",
      "  as in trunc(lower = 0, upper = 10)",
    ],
  },
  {
    text: ["y | trunc(1, lower = 1) ~ normal(mu, sigma)", "log(mu) = 1 + x"],
    message: [
      "m.glmm:1:14: trunc() is given its lower bound twice",
      "  y | trunc(1, lower = 1) ~ normal(mu, sigma)",
      "               ^^^^^",
      "  as in trunc(lower = 0, upper = 10)",
    ],
  },
  {
    text: ["y | cens(c, upper, more) ~ normal(mu, sigma)", "log(mu) = 1 + x"],
    message: [
      "m.glmm:1:5: cens() takes one or two arguments",
      "  y | cens(c, upper, more) ~ normal(mu, sigma)",
      "      ^^^^^^^^^^^^^^^^^^^^",
      "  write cens(c) or cens(c, upper)",
    ],
  },
  {
    text: ["y | rate(e) ~ normal(mu, sigma)", "log(mu) = 1 + x"],
    message: [
      "m.glmm:1:5: rate() is not supported",
      "  y | rate(e) ~ normal(mu, sigma)",
      "      ^^^^",
      "  write the exposure as an offset: log(mu) = 1 + offset(log(exposure))",
    ],
  },
  {
    text: ["y | weights(v) + weights(w) ~ poisson(mu)", "log(mu) = 1 + x"],
    message: [
      "m.glmm:1:18: weights() stands twice after the bar",
      "  y | weights(v) + weights(w) ~ poisson(mu)",
      "                   ^^^^^^^^^^",
      "  keep one of them",
    ],
  },
  {
    text: ["y | trials(n, m) ~ binomial(p)", "log(mu) = 1 + x"],
    message: [
      "m.glmm:1:5: trials() takes one argument",
      "  y | trials(n, m) ~ binomial(p)",
      "      ^^^^^^^^^^^^",
      "  write trials(n)",
    ],
  },
  {
    text: ["y | se(s, sigma = TRUE) ~ normal(mu)", "log(mu) = 1 + x"],
    message: [
      "m.glmm:1:17: the arguments of a function have no names here",
      "  y | se(s, sigma = TRUE) ~ normal(mu)",
      "                  ^",
      "  write the parameter alone: se(s, sigma)",
    ],
  },
  {
    text: ["y | subset(x = 3) ~ poisson(mu)", "log(mu) = 1 + x"],
    message: [
      'm.glmm:1:14: a comparison is written with "=="',
      "  y | subset(x = 3) ~ poisson(mu)",
      "               ^",
      '  as in x == 2 or g == "a"',
    ],
  },
  {
    text: ["blood pressure ~ normal(mu, sigma)", "log(mu) = 1 + x"],
    message: [
      'm.glmm:1:7: no operator stands before "pressure"',
      "  blood pressure ~ normal(mu, sigma)",
      "        ^^^^^^^^",
      "  terms are joined by +, * or :; a column whose name has a space stands in backticks: `blood pressure`",
    ],
  },
  {
    text: ["y ~ poisson(mu)", "log(mu) = 1 + blood pressure"],
    message: [
      'm.glmm:2:21: no operator stands before "pressure"',
      "  log(mu) = 1 + blood pressure",
      "                      ^^^^^^^^",
      "  terms are joined by +, * or :; a column whose name has a space stands in backticks: `blood pressure`",
    ],
  },
  {
    text: ["y ~ poisson(mu)", "log(mu) = 1 + log(x > 3)"],
    message: [
      "m.glmm:2:21: comparisons stand inside I() or subset()",
      "  log(mu) = 1 + log(x > 3)",
      "                      ^",
      "  as in I(x > 3), which is 1 where it holds and 0 elsewhere",
    ],
  },
  {
    text: ["y ~ poisson(mu)", "log(mu) = 1 + (x < 3)"],
    message: [
      "m.glmm:2:18: comparisons stand inside I() or subset()",
      "  log(mu) = 1 + (x < 3)",
      "                   ^",
      "  as in I(x > 3), which is 1 where it holds and 0 elsewhere",
    ],
  },
  {
    text: ["y ~ poisson(mu)", "log(mu) = 1 + ar1(time + 0 | g)"],
    message: [
      "m.glmm:2:15: ar1() is not supported",
      "  log(mu) = 1 + ar1(time + 0 | g)",
      "                ^^^",
      "  all levels of a term are independent here: (1 | g), or (1 + time | g) for a trend of each level",
    ],
  },
  {
    text: ["y ~ poisson(mu)", "log(mu) = 1 + cs(1 + x | g)"],
    message: [
      "m.glmm:2:15: cs() is not supported",
      "  log(mu) = 1 + cs(1 + x | g)",
      "                ^^",
      "  (1 | g) gives all rows of a level the same correlation",
    ],
  },
  {
    text: ["y ~ poisson(mu)", "log(mu) = 1 + us(1 + x | g)"],
    message: [
      "m.glmm:2:15: us() is not supported",
      "  log(mu) = 1 + us(1 + x | g)",
      "                ^^",
      "  (1 + x | g) has an unstructured covariance matrix",
    ],
  },
  {
    text: ["y ~ poisson(mu)", "log(mu) = 1 + diag(1 + x | g)"],
    message: [
      "m.glmm:2:15: diag() is not supported",
      "  log(mu) = 1 + diag(1 + x | g)",
      "                ^^^^",
      "  (1 + x || g) has a diagonal covariance matrix",
    ],
  },
  {
    text: ["y ~ poisson(mu)", 'log(mu) = 1 + s(x, bs = "cr")'],
    message: [
      "m.glmm:2:15: s() is not supported",
      '  log(mu) = 1 + s(x, bs = "cr")',
      "                ^",
      "  a curve is a polynomial here, poly(x, 3), or columns of a spline that you add to the data",
    ],
  },
  {
    text: ["y ~ poisson(mu)", "log(mu) = 1 + gp(x)"],
    message: [
      "m.glmm:2:15: gp() is not supported",
      "  log(mu) = 1 + gp(x)",
      "                ^^",
      "  a curve is a polynomial here, poly(x, 3), or columns of a spline that you add to the data",
    ],
  },
  {
    text: ["y ~ poisson(mu)", "log(mu) = 1 + t2(x, z)"],
    message: [
      "m.glmm:2:15: t2() is not supported",
      "  log(mu) = 1 + t2(x, z)",
      "                ^^",
      "  a curve is a polynomial here, poly(x, 3), or columns of a spline that you add to the data",
    ],
  },
  {
    text: ["y ~ poisson(mu)", "log(mu) = 1 + te(x, z)"],
    message: [
      "m.glmm:2:15: te() is not supported",
      "  log(mu) = 1 + te(x, z)",
      "                ^^",
      "  a curve is a polynomial here, poly(x, 3), or columns of a spline that you add to the data",
    ],
  },
  {
    text: ["y ~ poisson(mu)", "log(mu) = 1 + (1 | mm(a, b))"],
    message: [
      "m.glmm:2:20: mm() is not supported",
      "  log(mu) = 1 + (1 | mm(a, b))",
      "                     ^^",
      "  a row belongs to one level of each factor: (1 | g)",
    ],
  },
  {
    text: ["~ poisson(mu)", "log(mu) = 1 + x"],
    message: ['m.glmm:1:1: no response stands before "~"', "  ~ poisson(mu)", "  ^", "  as in count ~ poisson(mu)"],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) ~ 1 + x"],
    message: [
      'm.glmm:2:9: the line of a parameter has "=" instead of "~"',
      "  log(mu) ~ 1 + x",
      "          ^",
      "  as in log(mu) = 1 + x; the response has its family after it, as in log(time) ~ normal(mu, sigma)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = "],
    message: [
      'm.glmm:2:10: the line breaks off after "="',
      "  log(mu) = ",
      "           ^",
      "  a statement goes on to the next line only inside parentheses",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 +", "  x"],
    message: [
      'm.glmm:2:14: the line breaks off after "+"',
      "  log(mu) = 1 +",
      "               ^",
      "  a statement goes on to the next line only inside parentheses",
      "m.glmm:3:3: this line is not a statement",
      "    x",
      "    ^",
      "  a line is one of: name ~ family(parameters), link(parameter) = formula, prior target ~ distribution(numbers)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + * x"],
    message: [
      'm.glmm:2:15: expected a variable, a number or a parenthesis, found "*"',
      "  log(mu) = 1 + * x",
      "                ^",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x z"],
    message: [
      'm.glmm:2:17: no operator stands before "z"',
      "  log(mu) = 1 + x z",
      "                  ^",
      "  terms are joined by +, * or :; a column whose name has a space stands in backticks: `x z`",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x**2"],
    message: [
      'm.glmm:2:17: "**" is not an operator',
      "  log(mu) = 1 + x**2",
      "                  ^",
      "  write a power with ^",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x)"],
    message: ["m.glmm:2:16: this parenthesis was never opened", "  log(mu) = 1 + x)", "                 ^"],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + (x"],
    message: ["m.glmm:2:15: this parenthesis is not closed", "  log(mu) = 1 + (x", "                ^"],
  },
  {
    text: ["count ~ poisson(mu", "log(mu) = 1 + x"],
    message: ["m.glmm:1:16: this parenthesis is not closed", "  count ~ poisson(mu", "                 ^"],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + ()"],
    message: ["m.glmm:2:16: nothing stands between the parentheses", "  log(mu) = 1 + ()", "                 ^"],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x | g"],
    message: [
      "m.glmm:2:17: a random effect stands in parentheses of its own",
      "  log(mu) = 1 + x | g",
      "                  ^",
      "  as in (1 + x | subject)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + ( | g)"],
    message: [
      "m.glmm:2:17: no effects stand before the bar",
      "  log(mu) = 1 + ( | g)",
      "                  ^",
      "  write 1 for an intercept in each group: (1 | g)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + (1 | )"],
    message: [
      "m.glmm:2:20: no grouping factor stands after the bar",
      "  log(mu) = 1 + (1 | )",
      "                     ^",
      "  as in (1 | subject)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + (1 | g | h)"],
    message: [
      "m.glmm:2:22: a second bar in one random effect",
      "  log(mu) = 1 + (1 | g | h)",
      "                       ^",
      "  one grouping factor each: (1 | a) + (1 | b)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + ((1 | g) + x | h)"],
    message: [
      "m.glmm:2:16: a random effect inside a random effect",
      "  log(mu) = 1 + ((1 | g) + x | h)",
      "                 ^^^^^^^",
      "  add them: (1 | a) + (1 | b)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x * (1 | g)"],
    message: [
      "m.glmm:2:19: a random effect is added, not multiplied or removed",
      "  log(mu) = 1 + x * (1 | g)",
      "                    ^^^^^^^",
      "  as in 1 + x + (1 | subject)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x - (1 | g)"],
    message: [
      "m.glmm:2:19: a random effect is added, not multiplied or removed",
      "  log(mu) = 1 + x - (1 | g)",
      "                    ^^^^^^^",
      "  as in 1 + x + (1 | subject)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + (0 | g)"],
    message: [
      "m.glmm:2:15: no effect is left before the bar",
      "  log(mu) = 1 + (0 | g)",
      "                ^^^^^^^",
      "  as in (1 | g) or (0 + x | g)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + (1 | g) + (1 + x | g)"],
    message: [
      "m.glmm:2:25: Intercept varies over g twice",
      "  log(mu) = 1 + (1 | g) + (1 + x | g)",
      "                          ^^^^^^^^^^^",
      "  one term holds all effects of a factor: (1 + x | g); without an intercept of its own: (0 + x | g)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + (1 | a + b)"],
    message: [
      'm.glmm:2:20: "a + b" is not a grouping factor',
      "  log(mu) = 1 + (1 | a + b)",
      "                     ^^^^^",
      "  crossed factors are added: (1 | a) + (1 | b)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + (1 | a * b)"],
    message: [
      'm.glmm:2:20: "a * b" is not a grouping factor',
      "  log(mu) = 1 + (1 | a * b)",
      "                     ^^^^^",
      "  crossed factors are added: (1 | a) + (1 | b) + (1 | a:b)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + (1 | 1)"],
    message: [
      'm.glmm:2:20: "1" is not a grouping factor',
      "  log(mu) = 1 + (1 | 1)",
      "                     ^",
      "  a grouping factor is a column g, a:b, or a/b (a and a:b)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + (offset(x) | g)"],
    message: [
      "m.glmm:2:16: an offset is not a random effect",
      "  log(mu) = 1 + (offset(x) | g)",
      "                 ^^^^^^^^^",
      "  it stands in the outer sum",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x * offset(w)"],
    message: [
      "m.glmm:2:19: an offset is added, not multiplied or removed",
      "  log(mu) = 1 + x * offset(w)",
      "                    ^^^^^^^^^",
      "  as in x + offset(w)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + offset(w, v)"],
    message: [
      "m.glmm:2:15: offset takes one argument",
      "  log(mu) = 1 + offset(w, v)",
      "                ^^^^^^^^^^^^",
      "  as in offset(log(weeks))",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + 2 * x"],
    message: [
      'm.glmm:2:15: "2 * x" is arithmetic',
      "  log(mu) = 1 + 2 * x",
      "                ^^^^^",
      "  it stands inside I(): I(2 * x)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + 3 + x"],
    message: [
      "m.glmm:2:15: 3 is not a term",
      "  log(mu) = 1 + 3 + x",
      "                ^",
      "  1 is the intercept, 0 its absence; arithmetic stands inside I()",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = (1 + x) * z"],
    message: [
      "m.glmm:2:12: 1 stands inside a product",
      "  log(mu) = (1 + x) * z",
      "             ^",
      "  move it to the outer sum",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x^1.5"],
    message: [
      "m.glmm:2:15: a power of terms is a whole number from 1",
      "  log(mu) = 1 + x^1.5",
      "                ^^^^^",
      "  arithmetic stands inside I(): I(x^1.5)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x:-z"],
    message: [
      'm.glmm:2:17: "-z" is arithmetic',
      "  log(mu) = 1 + x:-z",
      "                  ^^",
      "  it stands inside I(): I(-z)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x - y"],
    message: [
      'm.glmm:2:19: there is no term "y" before it to take out',
      "  log(mu) = 1 + x - y",
      "                    ^",
    ],
  },
  {
    text: ["count ~ poisson(mu)", 'log(mu) = 1 + "x"'],
    message: [
      "m.glmm:2:15: a text is not a term",
      '  log(mu) = 1 + "x"',
      "                ^^^",
      "  a column's name stands without quotes",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + poly(x, degree = 2)"],
    message: [
      "m.glmm:2:30: the arguments of a function have no names here",
      "  log(mu) = 1 + poly(x, degree = 2)",
      "                               ^",
      "  write the value alone: poly(x, 2)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + log(x | z)"],
    message: [
      "m.glmm:2:21: a random effect stands in parentheses of its own",
      "  log(mu) = 1 + log(x | z)",
      "                      ^",
      "  as in (1 + x | subject)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x = 2"],
    message: ['m.glmm:2:17: unexpected "=" in the formula', "  log(mu) = 1 + x = 2", "                  ^"],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) + 1 = x"],
    message: [
      'm.glmm:2:1: before "=" stands a parameter, alone or in its link',
      "  log(mu) + 1 = x",
      "  ^^^^^^^^^^^",
      "  as in log(mu) = 1 + x",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "= x"],
    message: [
      'm.glmm:2:1: before "=" stands a parameter, alone or in its link',
      "  = x",
      "  ^",
      "  as in log(mu) = 1 + x",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x[2]"],
    message: [
      "m.glmm:2:16: brackets stand only in the target of a prior",
      "  log(mu) = 1 + x[2]",
      "                 ^^^",
      "  as in prior beta[x] ~ normal(0, 1)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x $ y"],
    message: ['m.glmm:2:17: "$" has no meaning here', "  log(mu) = 1 + x $ y", "                  ^"],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) <- 1 + x"],
    message: [
      'm.glmm:2:9: "<" has no meaning here',
      "  log(mu) <- 1 + x",
      "          ^",
      "  a line of the model is written with = or ~",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 \u2212 x; z"],
    message: [
      'm.glmm:2:13: "\u2212" has no meaning here',
      "  log(mu) = 1 \u2212 x; z",
      "              ^",
      "  write it as -",
      'm.glmm:2:16: ";" has no meaning here',
      "  log(mu) = 1 \u2212 x; z",
      "                 ^",
      "  one statement a line",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + 2x"],
    message: [
      'm.glmm:2:15: "2x" is neither a number nor a name',
      "  log(mu) = 1 + 2x",
      "                ^^",
      "  a product is written with *, and a column of this name as `2x`",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + 1e999"],
    message: ["m.glmm:2:15: the number is too large", "  log(mu) = 1 + 1e999", "                ^^^^^"],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + `x y"],
    message: ["m.glmm:2:15: the backtick is not closed on its line", "  log(mu) = 1 + `x y", "                ^"],
  },
  {
    text: ["count ~ poisson(mu)", 'log(mu) = 1 + relevel(trt, "placebo)'],
    message: [
      "m.glmm:2:28: the quotation mark is not closed on its line",
      '  log(mu) = 1 + relevel(trt, "placebo)',
      "                             ^",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + ``"],
    message: ["m.glmm:2:15: nothing stands between the backticks", "  log(mu) = 1 + ``", "                ^^"],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x", "prior ~ normal(0, 1)"],
    message: [
      "m.glmm:3:7: the prior has no target",
      "  prior ~ normal(0, 1)",
      "        ^",
      "  as in prior beta ~ normal(0, 1); a column called prior is written in backticks",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x", "prior beta normal(0, 1)"],
    message: [
      'm.glmm:3:12: expected "~" after the target of the prior, found "normal"',
      "  prior beta normal(0, 1)",
      "             ^^^^^^",
      "  as in prior beta ~ normal(0, 1)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x", "prior beta ~ 1"],
    message: [
      'm.glmm:3:14: expected a distribution after "~", found "1"',
      "  prior beta ~ 1",
      "               ^",
      "  as in prior beta ~ normal(0, 1)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x", "prior beta ~ normal"],
    message: [
      'm.glmm:3:14: "normal" stands without its parentheses',
      "  prior beta ~ normal",
      "               ^^^^^^",
      "  as in normal(...)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x", "prior beta ~ normal(0, )"],
    message: ["m.glmm:3:24: an argument is missing here", "  prior beta ~ normal(0, )", "                         ^"],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x", "prior beta ~ normal(0, sd = 1)"],
    message: [
      "m.glmm:3:24: the arguments of normal are numbers",
      "  prior beta ~ normal(0, sd = 1)",
      "                         ^^",
      "  as in prior beta ~ normal(0, 1)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x", "prior beta ~ normal(0, x)"],
    message: [
      "m.glmm:3:24: the arguments of normal are numbers",
      "  prior beta ~ normal(0, x)",
      "                         ^",
      "  as in prior beta ~ normal(0, 1)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x", "prior beta ~ normal(0, 1) + 2"],
    message: [
      'm.glmm:3:27: unexpected "+" after the distribution',
      "  prior beta ~ normal(0, 1) + 2",
      "                            ^",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x", "prior beta[a, b] ~ normal(0, 1)"],
    message: [
      "m.glmm:3:7: beta takes one name in brackets",
      "  prior beta[a, b] ~ normal(0, 1)",
      "        ^^^^^^^^^^",
      "  targets: intercept, beta[name], sd[group, name], var and precision likewise, cor[group], or a parameter such as sigma",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x", "prior sigma[a] ~ normal(0, 1)"],
    message: [
      "m.glmm:3:7: sigma takes no name in brackets",
      "  prior sigma[a] ~ normal(0, 1)",
      "        ^^^^^^^^",
      "  targets: intercept, beta[name], sd[group, name], var and precision likewise, cor[group], or a parameter such as sigma",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x", "prior b[g, 1, x] ~ normal(0, 1)"],
    message: [
      "m.glmm:3:7: random effects have no prior of their own",
      "  prior b[g, 1, x] ~ normal(0, 1)",
      "        ^^^^^^^^^^",
      "  a random effect is normal with its sd: prior sd[subject] ~ exponential(1)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x", "prior sd[g, ] ~ normal(0, 1)"],
    message: [
      "m.glmm:3:9: a name is missing in the brackets",
      "  prior sd[g, ] ~ normal(0, 1)",
      "          ^^^^^",
      "  as in sd[subject, x]",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x", "prior beta[I(x^2) ~ normal(0, 1)"],
    message: [
      "m.glmm:3:11: the bracket is not closed on its line",
      "  prior beta[I(x^2) ~ normal(0, 1)",
      "            ^",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + x", "priors beta ~ normal(0, 1)"],
    message: [
      'm.glmm:3:1: "priors" starts no statement',
      "  priors beta ~ normal(0, 1)",
      "  ^^^^^^",
      '  did you mean "prior"?',
    ],
  },
  {
    text: ["count ~ poisson(mu))", "log(mu = 1 + x", "prior beta ~ normal(0, x)", "foo"],
    message: [
      "m.glmm:1:20: this parenthesis was never opened",
      "  count ~ poisson(mu))",
      "                     ^",
      "m.glmm:2:4: this parenthesis is not closed",
      "  log(mu = 1 + x",
      "     ^",
      "m.glmm:3:24: the arguments of normal are numbers",
      "  prior beta ~ normal(0, x)",
      "                         ^",
      "  as in prior beta ~ normal(0, 1)",
      "m.glmm:4:1: this line is not a statement",
      "  foo",
      "  ^^^",
      "  a line is one of: name ~ family(parameters), link(parameter) = formula, prior target ~ distribution(numbers)",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "\tlog(mu) = 1 +\tx y"],
    message: [
      'm.glmm:2:18: no operator stands before "y"',
      "  \tlog(mu) = 1 +\tx y",
      "  \t             \t  ^",
      "  terms are joined by +, * or :; a column whose name has a space stands in backticks: `x y`",
    ],
  },
  {
    text: [
      "count ~ poisson(mu)",
      "log(mu) = 1 + column0 + column1 + column2 + column3 + column4 + column5 + column6 + column7 + column8 + column9 + column10 + column11 + column12 + column13 + column14 + column15 + column16 + column17 + column18 + column19 + column20 + column21 + column22 + column23 + column24 + column25 + column26 + column27 + column28 + column29 + column30 + column31 + column32 + column33 + column34 + column35 + column36 + column37 + column38 + column39 + column40 + column41 + column42 + column43 + column44 + column45 + column46 + column47 + column48 + column49 + column50 + column51 + column52 + column53 + column54 + column55 + column56 + column57 + column58 + column59 + y z + column0 + column1 + column2 + column3 + column4 + column5 + column6 + column7 + column8 + column9 + column10 + column11 + column12 + column13 + column14 + column15 + column16 + column17 + column18 + column19 + column20 + column21 + column22 + column23 + column24 + column25 + column26 + column27 + column28 + column29 + column30 + column31 + column32 + column33 + column34 + column35 + column36 + column37 + column38 + column39 + column40 + column41 + column42 + column43 + column44 + column45 + column46 + column47 + column48 + column49 + column50 + column51 + column52 + column53 + column54 + column55 + column56 + column57 + column58 + column59",
    ],
    message: [
      'm.glmm:2:667: no operator stands before "z"',
      "  ...56 + column57 + column58 + column59 + y z + column0 + column1 + column2 + column3 + column4 + column...",
      "                                             ^",
      "  terms are joined by +, * or :; a column whose name has a space stands in backticks: `y z`",
    ],
  },
  {
    text: ["count ~ poisson(mu)", "log(mu) = 1 + \u001b[31mx"],
    message: [
      "m.glmm:2:15: a control character has no meaning here",
      "  log(mu) = 1 + \ufffd[31mx",
      "                ^",
      "m.glmm:2:16: the bracket is not closed on its line",
      "  log(mu) = 1 + \ufffd[31mx",
      "                 ^",
    ],
  },
  {
    text: ["a"],
    message: [
      "m.glmm:1:1: this line is not a statement",
      "  a",
      "  ^",
      "  a line is one of: name ~ family(parameters), link(parameter) = formula, prior target ~ distribution(numbers)",
    ],
  },
];

describe("a model text with mistakes", () => {
  it.each(badModels)("$text", ({ text, message }) => {
    const caught = caughtFrom(text.join("\n"));
    expect(caught.message.split("\n")).toEqual(message);
    expect(caught.problems.every((problem) => problem.span !== undefined)).toBe(true);
  });
});

function caughtFrom(text: string): ModelError {
  try {
    parseModel(text, "m.glmm");
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
