import type { Attributed, Data, Dataset, FileSystem, Group } from "h5wasm";
import {
  type Dimension,
  type InferenceData,
  type InferenceGroup,
  type InferenceVariable,
  sizeOf,
} from "./InferenceData.js";

/** Numbers that are written at a time: 8 MB. */
const BLOCK = 2 ** 20;
/** Bytes of a piece of the file. */
const PIECE = 2 ** 20;

/**
 * The bytes of a netCDF 4 file as ArviZ's `from_netcdf` and xarray read it: an HDF5 file whose dimensions are dimension scales with the coordinates. It is made in
 * the memory of h5wasm, which is loaded now, a block of draws at a time.
 */
export async function* netcdf({ groups, attributes }: InferenceData): AsyncGenerator<Uint8Array, void> {
  const { File, ready } = await import("h5wasm");
  const { FS } = await ready;
  const path = freePath(FS);
  const file = new File(path, "w");
  let isOpen = true;
  try {
    for (const group of groups) {
      const own = file.create_group(group.name);
      setAttributes(own, attributes);
      for (const _ of writtenBlocks(own, group)) yield new Uint8Array(0); // a pause for other work
    }
    setAttributes(file, attributes);
    file.close();
    isOpen = false;
    yield* piecesOf(FS, path);
  } finally {
    if (isOpen) file.close();
    FS.unlink(path);
  }
}

function freePath(FS: FileSystem): string {
  let k = 0;
  while (FS.analyzePath(`export-${k}.nc`).exists) k++;
  return `export-${k}.nc`;
}

function* piecesOf(FS: FileSystem, path: string): Generator<Uint8Array, void> {
  const stream = FS.open(path, "r");
  try {
    for (let at = 0; ; ) {
      const piece = new Uint8Array(PIECE);
      const read = FS.read(stream, piece, 0, PIECE, at);
      if (read === 0) return;
      at += read;
      yield piece.subarray(0, read);
    }
  } finally {
    FS.close(stream);
  }
}

function setAttributes(to: Attributed, attributes: InferenceData["attributes"]): void {
  for (const [name, value] of Object.entries(attributes))
    if (typeof value === "string" || typeof value === "number") to.create_attribute(name, value);
}

/** Pauses after each block that is written. */
function* writtenBlocks(to: Group, { name, variables }: InferenceGroup): Generator<void, void> {
  const dimensions = new Map<string, Dimension>();
  for (const { drawn, dimensions: own } of variables)
    for (const dimension of [...drawDimensions(drawn), ...own]) dimensions.set(dimension.name, dimension);
  for (const { name: scale, coordinates } of dimensions.values())
    to.create_dataset({ name: scale, data: asData(coordinates) }).make_scale(scale);
  for (const variable of variables) {
    const axes = [...drawDimensions(variable.drawn), ...variable.dimensions];
    const dataset = yield* written(
      to,
      variable,
      axes.map(({ coordinates }) => coordinates.length),
    );
    for (const [k, axis] of axes.entries()) dataset.attach_scale(k, `/${name}/${axis.name}`);
    if (variable.type === "truth") dataset.create_attribute("dtype", "bool"); // as xarray marks bytes that are true or false
  }
}

function drawDimensions(drawn: InferenceVariable["drawn"]): readonly Dimension[] {
  if (drawn === null) return [];
  const counted = (name: string, length: number) => ({ name, coordinates: Int32Array.from({ length }, (_, k) => k) });
  return [counted("chain", drawn.chains), counted("draw", drawn.draws)];
}

function* written(to: Group, variable: InferenceVariable, shape: readonly number[]): Generator<void, Dataset> {
  const { name, drawn, type } = variable;
  const typed = (values: ArrayLike<number>): Data =>
    type === "truth"
      ? Int8Array.from(values)
      : type === "integer"
        ? Int32Array.from(values)
        : Float64Array.from(values);
  if (drawn === null) {
    const [values] = variable.values();
    return to.create_dataset({ name, data: isTexts(values) ? values : typed(values), shape });
  }
  const size = sizeOf(variable);
  const draws = Math.min(drawn.draws, Math.max(1, Math.floor(BLOCK / Math.max(1, size))));
  const others = shape.slice(2);
  const chunks = [1, draws, ...others];
  const first = typed(new Float64Array(size));
  const dataset = to.create_dataset({ name, data: first, shape: [1, 1, ...others], maxshape: shape, chunks });
  dataset.resize(shape);
  const block = new Float64Array(draws * size);
  let [chain, from, filled] = [0, 0, 0];
  for (const values of variable.values()) {
    if (!isTexts(values)) block.set(Array.from(values), filled * size);
    filled++;
    if (filled < draws && from + filled < drawn.draws) continue;
    const ranges = [[chain, chain + 1] as const, [from, from + filled] as const];
    dataset.write_slice(
      [...ranges, ...others.map((length) => [0, length] as const)],
      typed(block.subarray(0, filled * size)),
    );
    [chain, from] = from + filled < drawn.draws ? [chain, from + filled] : [chain + 1, 0];
    filled = 0;
    yield;
  }
  return dataset;
}

function asData(coordinates: Dimension["coordinates"]): Data {
  return coordinates instanceof Int32Array ? coordinates : [...coordinates];
}

function isTexts(values: ArrayLike<number> | readonly string[]): values is readonly string[] {
  return typeof values[0] === "string";
}
