import fc from "fast-check";
import type {
  Binary,
  Call,
  Expression,
  FamilyArgument,
  ModelAst,
  Name,
  NumberLiteral,
  PredictorStatement,
  PriorStatement,
  PriorTarget,
} from "../../src/language/ast.js";
import { expandFormula } from "../../src/language/expand.js";

/** Trees of models that can be parsed, without spans and source. Names may be anything a data file has in its header. */
export function arbitraryModel(): fc.Arbitrary<ModelAst> {
  return fc.record({
    response: fc.record({
      expression: response(),
      additions: additions(),
      family: name(),
      arguments: fc.array(familyArgument(), { maxLength: 3 }),
    }),
    predictors: fc.uniqueArray(predictor(), {
      minLength: 1,
      maxLength: 3,
      selector: ({ parameter }) => parameter.name,
    }),
    priors: fc.uniqueArray(prior(), {
      maxLength: 4,
      selector: ({ target }) => `${target.parameter?.name} ${target.target.name}`,
    }),
  });
}

const plainNames = [
  "x",
  "y",
  "and",
  "or",
  "not",
  "s",
  "log",
  "trt",
  "post",
  "age_2",
  "a.b",
  "\u00E9t\u00E9",
  "prior",
  "I",
  "offset",
  "beta",
];

function name(): fc.Arbitrary<Name> {
  const odd = oddText({ minLength: 1, maxLength: 6 });
  const text = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...plainNames) }, { weight: 1, arbitrary: odd });
  return text.map((word) => ({ type: "name", name: word }));
}

/** Any characters, and oftener those that mean something in a model. */
function oddText(lengths: { minLength?: number; maxLength: number }): fc.Arbitrary<string> {
  const meaningful = fc.constantFrom(..."ab1 .,:|()[]`\"'\\#~\n\r\t");
  return fc.oneof(fc.string({ ...lengths, unit: "binary" }), fc.string({ ...lengths, unit: meaningful }));
}

function number(signed: boolean): fc.Arbitrary<NumberLiteral> {
  const value = fc.double({ min: signed ? -1e300 : 0, noNaN: true, noDefaultInfinity: true });
  // A text has no -0.
  return value.map((drawn) => ({ type: "number", value: drawn === 0 ? 0 : drawn }));
}

function response(): fc.Arbitrary<Expression> {
  const operators = fc.constantFrom("+", "-", "*", "/", "^");
  return fc.oneof(name(), call(arithmetic()), indicator(), operation(operators, arithmetic()));
}

function additions(): fc.Arbitrary<readonly Call[]> {
  const addition = fc.constantFrom("trials", "weights", "se", "subset", "cens", "trunc").chain((callee) =>
    (callee === "subset" ? condition() : arithmetic()).map(
      (value): Call => ({
        type: "call",
        callee: { type: "name", name: callee },
        arguments: [value],
        ...(callee === "trunc" ? { names: ["upper"] } : {}),
      }),
    ),
  );
  return fc.uniqueArray(addition, { maxLength: 4, selector: ({ callee }) => callee.name });
}

/** Comparisons and what joins them, with arithmetic in them. */
function condition(): fc.Arbitrary<Expression> {
  const logical = fc.constantFrom("<", "<=", ">", ">=", "==", "!=", "&", "|", "+", "*", "^");
  return fc.letrec<{ condition: Expression }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 4 },
      arithmetic(),
      operation(logical, tie("condition")),
      call(tie("condition")),
      fc.record({
        type: fc.constant("unary" as const),
        operator: fc.constantFrom("!", "-"),
        operand: tie("condition"),
      }),
    ),
  })).condition;
}

/** `I(condition)` */
function indicator(): fc.Arbitrary<Expression> {
  return condition().map((value) => ({
    type: "call",
    callee: { type: "name", name: "I" },
    arguments: [value],
  }));
}

function familyArgument(): fc.Arbitrary<FamilyArgument> {
  return fc.record({ value: fc.oneof(name(), number(true)), slot: name() }, { requiredKeys: ["value"] });
}

function predictor(): fc.Arbitrary<PredictorStatement> {
  return fc.record({
    link: fc.oneof(name(), fc.constant({ type: "name", name: "identity" } as const)),
    parameter: name(),
    formula: formula(),
  });
}

function formula(): fc.Arbitrary<Expression> {
  return sumOf(fc.oneof({ weight: 3, arbitrary: term() }, { weight: 1, arbitrary: randomEffects() })).filter(
    (sum) => !expandFormula(sum).problems.some(({ severity }) => severity === "error"),
  );
}

function sumOf(part: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  return fc
    .array(part, { minLength: 1, maxLength: 4 })
    .map((parts) => parts.reduce((left, right) => ({ type: "binary", operator: "+", left, right })));
}

function randomEffects(): fc.Arbitrary<Expression> {
  const group = fc.letrec<{ group: Expression }>((tie) => ({
    group: fc.oneof({ maxDepth: 2 }, name(), operation(fc.constantFrom(":", "/"), tie("group"))),
  })).group;
  return fc.record({ type: fc.constant("random" as const), effects: term(), correlated: fc.boolean(), group });
}

function term(): fc.Arbitrary<Expression> {
  const constant = fc.constantFrom(0, 1).map((value): Expression => ({ type: "number", value }));
  const variable = fc.oneof(name(), call(arithmetic()), indicator());
  return fc.letrec<{ term: Expression }>((tie) => ({
    term: fc.oneof(
      { maxDepth: 3 },
      variable,
      constant,
      operation(fc.constantFrom("*", ":", "/", "+", "-"), tie("term")),
    ),
  })).term;
}

function arithmetic(): fc.Arbitrary<Expression> {
  const text = oddText({ maxLength: 5 }).map((value): Expression => ({ type: "string", value }));
  return fc.letrec<{ expression: Expression }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 4 },
      name(),
      number(false),
      text,
      call(tie("expression")),
      operation(fc.constantFrom("+", "-", "*", "/", ":", "^"), tie("expression")),
      fc.record({
        type: fc.constant("unary" as const),
        operator: fc.constantFrom("+", "-"),
        operand: tie("expression"),
      }),
    ),
  })).expression;
}

function call(argument: fc.Arbitrary<Expression>): fc.Arbitrary<Call> {
  return fc.record({
    type: fc.constant("call" as const),
    callee: name(),
    arguments: fc.array(argument, { maxLength: 2 }),
  });
}

function operation(
  operator: fc.Arbitrary<Binary["operator"]>,
  side: fc.Arbitrary<Expression>,
): fc.Arbitrary<Expression> {
  return fc.record({ type: fc.constant("binary" as const), operator, left: side, right: side });
}

function prior(): fc.Arbitrary<PriorStatement> {
  return fc.record({ target: target(), distribution: name(), arguments: fc.array(number(true), { maxLength: 3 }) });
}

function target(): fc.Arbitrary<PriorTarget> {
  const printed = fc.constantFrom(
    "post:trt.progabide",
    "I(age^2)",
    "poly(x, 2).1",
    "cut.(0,10]",
    "`new drug`.b:x",
    '"',
    "a ]b",
  );
  const coefficient = fc.oneof(
    printed.map((text): Name => ({ type: "name", name: text })),
    name(),
  );
  const structured = fc.constantFrom("intercept", "beta", "sd", "var", "precision", "cor").chain((word) => {
    const most = { intercept: 0, beta: 1, sd: 2, var: 2, precision: 2, cor: 1 }[word] ?? 0;
    const parts = {
      target: fc.constant({ type: "name" as const, name: word }),
      index: fc.array(coefficient, { maxLength: most }),
      parameter: fc.constantFrom("phi", "sigma", "a.b").map((text): Name => ({ type: "name", name: text })),
    };
    return fc.record(parts, { requiredKeys: ["target", "index"] });
  });
  return fc.oneof(structured, fc.record({ target: name(), index: fc.constant([]) }));
}
