const frameMagic = 0x184d2204;

/** Bytes that grow at their end. */
class Output {
  private bytes = new Uint8Array(1 << 16);
  private length = 0;

  append(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  /** Appends `count` bytes from `distance` bytes before the end on, which may run into those that it appends. */
  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.length) throw new Error("an LZ4 block refers to bytes before its beginning");
    this.reserve(count);
    for (const end = this.length + count; this.length < end; this.length++)
      this.bytes[this.length] = this.bytes[this.length - distance];
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const longer = new Uint8Array(2 * (this.length + count));
    longer.set(this.bytes.subarray(0, this.length));
    this.bytes = longer;
  }
}

/**
 * Decodes an LZ4 frame (LZ4 frame format 1.6.4), as Arrow files are compressed; checksums are not looked at.
 * Throws Error for bytes that are no such frame.
 */
export function decodeLz4Frame(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== frameMagic) throw new Error("not an LZ4 frame");
  const flags = view.getUint8(4);
  const [hasBlockChecksums, hasSize, hasDictionary] = [flags & 16, flags & 8, flags & 1];
  const output = new Output();
  let at = 7 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0);
  for (;;) {
    const header = view.getUint32(at, true);
    at += 4;
    if (header === 0) return output.finish();
    const size = header & 0x7fffffff;
    const block = frame.subarray(at, at + size);
    if (header >>> 31 === 1) output.append(block);
    else decodeBlock(block, output);
    at += size + (hasBlockChecksums ? 4 : 0);
  }
}

/** Decodes a block that stands alone, as Parquet's pages are compressed. Throws Error for bytes that are no such block. */
export function decodeLz4Block(block: Uint8Array): Uint8Array {
  const output = new Output();
  decodeBlock(block, output);
  return output.finish();
}

/** Decodes a block, whose matches may reach back into the blocks before it (LZ4 block format). */
function decodeBlock(block: Uint8Array, output: Output): void {
  let at = 0;
  /** A length of four bits, which goes on in whole bytes where all of them are set. */
  const length = (bits: number) => {
    let total = bits;
    for (let more = bits === 15; more; at++) {
      total += block[at];
      more = block[at] === 255;
    }
    return total;
  };
  while (at < block.length) {
    const token = block[at++];
    const literals = length(token >> 4);
    output.append(block.subarray(at, at + literals));
    at += literals;
    // The last sequence has no match.
    if (at >= block.length) return;
    const distance = block[at] | (block[at + 1] << 8);
    at += 2;
    output.repeat(distance, length(token & 15) + 4);
  }
}
