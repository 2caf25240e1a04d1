/** What is used of hyparquet-compressors. */
export declare const compressors: object;

export declare function decompressZstd(input: Uint8Array): Uint8Array;
