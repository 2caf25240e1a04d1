import { type Dimension, type InferenceData, type InferenceVariable, sizeOf } from "./InferenceData.js";

/**
 * The text of a file that ArviZ's `from_json` reads, in pieces: its groups as nested lists [chain][draw][...], `dims` with the dimensions of each variable,
 * `coords` with their coordinates, and `attrs`. NaN, which JSON has not, is null.
 */
export function* arvizJson({ groups, attributes }: InferenceData): Generator<string, void> {
  yield "{";
  for (const { name, variables } of groups) {
    yield `${JSON.stringify(name)}:{`;
    for (const [k, variable] of variables.entries()) {
      yield `${k === 0 ? "" : ","}${JSON.stringify(variable.name)}:`;
      yield* nestedValues(variable);
    }
    yield "},";
  }
  const all = groups.flatMap(({ variables }) => variables);
  const named = all.filter(({ dimensions }) => dimensions.length > 0);
  const dims = Object.fromEntries(named.map((each) => [each.name, each.dimensions.map(({ name }) => name)]));
  const coords = Object.fromEntries(named.flatMap(({ dimensions }) => dimensions.map(coordinatesOf)));
  yield `"coords":${JSON.stringify(coords)},"dims":${JSON.stringify(dims)},"attrs":${JSON.stringify(attributes)}}\n`;
}

function coordinatesOf({ name, coordinates }: Dimension): readonly [string, readonly (string | number)[]] {
  return [name, Array.from<string | number>(coordinates)];
}

function* nestedValues(variable: InferenceVariable): Generator<string, void> {
  const { drawn, dimensions, type } = variable;
  const shape = dimensions.map(({ coordinates }) => coordinates.length);
  const text = (value: string | number) => (type === "truth" ? String(value === 1) : jsonText(value));
  if (drawn === null) {
    for (const values of variable.values()) yield nested(Array.from(values, text), shape);
    return;
  }
  let at = 0;
  for (const values of variable.values()) {
    const draw = at % drawn.draws;
    const opening = draw > 0 ? "," : at === 0 ? "[[" : ",[";
    at++;
    const closing = draw < drawn.draws - 1 ? "" : at === drawn.chains * drawn.draws ? "]]" : "]";
    yield `${opening}${nested(Array.from(values, text), shape)}${closing}`;
  }
  if (sizeOf(variable) === 0 && at === 0) yield "[]";
}

/** Readers turn whole numbers beyond 2^53 into integers of their own kind unless they have an exponent; beyond the largest number they read infinity. */
function jsonText(value: string | number): string {
  if (typeof value === "string" || Number.isNaN(value)) return JSON.stringify(value);
  if (!Number.isFinite(value)) return value > 0 ? "1e999" : "-1e999";
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

/** Row-major values as nested lists. */
function nested(values: readonly string[], shape: readonly number[]): string {
  if (shape.length === 0) return values[0];
  const [first, ...others] = shape;
  if (others.length === 0) return `[${values.join(",")}]`;
  const size = values.length / first;
  const parts = Array.from({ length: first }, (_, k) => nested(values.slice(k * size, (k + 1) * size), others));
  return `[${parts.join(",")}]`;
}
