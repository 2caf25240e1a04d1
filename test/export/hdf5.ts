import { File } from "jsfive";

/** A dataset as it was read. */
export interface Read {
  readonly shape: readonly number[];
  readonly value: readonly (number | string)[];
  readonly dtype: unknown;
}

/** A file of HDF5, read by jsfive. */
export function openHdf5(bytes: Uint8Array): {
  readonly keys: readonly string[];
  get(path: string): Read;
  attribute(path: string, name: string): unknown;
} {
  const file = new File(new Uint8Array(bytes).buffer, "fit.nc");
  return {
    keys: file.keys,
    get(path) {
      const { shape, value, dtype } = file.get(path);
      return { shape, value: Array.from(value), dtype };
    },
    attribute: (path, name) => file.get(path).attrs[name],
  };
}
