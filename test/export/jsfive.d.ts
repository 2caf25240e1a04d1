declare module "jsfive" {
  interface Node {
    readonly keys: readonly string[];
    readonly attrs: Readonly<Record<string, unknown>>;
    readonly shape: readonly number[];
    readonly dtype: unknown;
    readonly value: ArrayLike<number | string>;
  }
  export class File {
    constructor(buffer: ArrayBuffer, name: string);
    readonly keys: readonly string[];
    get(path: string): Node;
  }
}
