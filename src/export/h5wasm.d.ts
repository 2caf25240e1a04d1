/** What is used of h5wasm: its own types bring those of Emscripten into the core. */
export type Data = Float64Array | Int32Array | Int8Array | readonly string[] | string | number;

/** A node of a file: a group or a dataset. */
export interface Attributed {
  create_attribute(name: string, data: Data): void;
}

export interface Dataset extends Attributed {
  resize(shape: readonly number[]): number;
  write_slice(ranges: readonly (readonly [from: number, to: number])[], data: Data): void;
  make_scale(name: string): void;
  attach_scale(dimension: number, path: string): void;
}

export interface Group extends Attributed {
  create_group(name: string): Group;
  create_dataset(dataset: {
    readonly name: string;
    readonly data: Data;
    readonly shape?: readonly number[];
    readonly maxshape?: readonly number[];
    readonly chunks?: readonly number[];
  }): Dataset;
}

/** A file in the memory of the library. */
export declare class File implements Group {
  constructor(name: string, mode: "w");
  create_group(name: string): Group;
  create_dataset: Group["create_dataset"];
  create_attribute(name: string, data: Data): void;
  close(): number;
}

interface Stream {
  readonly fd: number;
}

/** The files in the memory of the library. */
export interface FileSystem {
  analyzePath(path: string): { readonly exists: boolean };
  open(path: string, flags: "r"): Stream;
  read(stream: Stream, buffer: Uint8Array, offset: number, length: number, position: number): number;
  close(stream: Stream): void;
  unlink(path: string): void;
}

export declare const ready: Promise<{ readonly FS: FileSystem }>;
