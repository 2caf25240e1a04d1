import { type ParameterRole, parameterRoles } from "../density/quantities.js";
import type { Design } from "../design/Design.js";
import { predictorPrefix } from "../design/predictorName.js";
import type { ExportedDraws } from "./exportedDraws.js";
import type { Dimension, InferenceGroup, InferenceVariable } from "./InferenceData.js";

/** Quantities that make a variable: their places among the model's, parameters and then random effects. */
interface Block {
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  readonly places: readonly number[];
}

/**
 * Parameters and random effects: `beta[post]` is `beta` at the coordinate "post", `sd[subject, post]` is `sd` at "subject, post", `b[subject, 17, post]` is
 * `b_subject` at "17" and "post". Random effects whose draws were not kept are left out.
 */
export function posteriorGroup(design: Design, { chains, draws, columns }: ExportedDraws): InferenceGroup {
  const variables = blocks(design).flatMap(({ name, dimensions, places }): InferenceVariable[] => {
    const own = places.flatMap((place) => columns[place] ?? []);
    if (own.length < places.length * chains) return [];
    const ofChain = (chain: number) => places.map((_, k) => own[k * chains + chain]);
    return [
      {
        ...{ name, type: "number", drawn: { chains, draws }, dimensions },
        *values() {
          for (let chain = 0; chain < chains; chain++) {
            const values = ofChain(chain);
            for (let draw = 0; draw < draws; draw++) yield values.map((column) => column[draw]);
          }
        },
      },
    ];
  });
  return { name: "posterior", variables };
}

function blocks(design: Design): Block[] {
  const roles = parameterRoles(design);
  return [...parameterBlocks(roles), ...effectBlocks(design, roles.length)];
}

function parameterBlocks(roles: readonly ParameterRole[]): Block[] {
  const named = new Map<string, { readonly coordinates: string[]; readonly places: number[] }>();
  for (const [place, role] of roles.entries()) {
    const [name, coordinate] = placeOf(role);
    const block = named.get(name) ?? { coordinates: [], places: [] };
    if (coordinate !== null) block.coordinates.push(coordinate);
    block.places.push(place);
    named.set(name, block);
  }
  return [...named].map(([name, { coordinates, places }]) => ({
    name,
    dimensions: coordinates.length === 0 ? [] : [{ name: `${name}_of`, coordinates }],
    places,
  }));
}

/** The variable that a parameter is of, and its coordinate there; null for a number by itself. */
function placeOf(role: ParameterRole): readonly [string, string | null] {
  switch (role.kind) {
    case "coefficient":
      return [`${role.prefix}beta`, role.coefficient];
    case "sd":
      return [`${role.prefix}sd`, `${role.factor}, ${role.coefficient}`];
    case "correlation":
      return [`${role.prefix}cor`, [role.factor, ...role.coefficients].join(", ")];
    default:
      return [role.parameter, null];
  }
}

/** A block a grouping factor, level-major as the effects are. */
function effectBlocks(design: Design, first: number): Block[] {
  let at = first;
  return design.predictors.flatMap(({ factors, randomTerms }, k) =>
    factors.map(({ name, levels }, f): Block => {
      const coefficients = randomTerms.filter(({ factor }) => factor === f).flatMap((term) => term.coefficients);
      const prefix = predictorPrefix(design, k);
      const size = levels.length * coefficients.length;
      at += size;
      return {
        name: `${prefix}b_${name}`,
        dimensions: [
          { name: `${name}_level`, coordinates: levels },
          { name: `${prefix}b_${name}_of`, coordinates: coefficients },
        ],
        places: Array.from({ length: size }, (_, i) => at - size + i),
      };
    }),
  );
}
