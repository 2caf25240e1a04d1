import { type Region, reservation } from "../layout.js";

/** Unsigned 32-bit integers by their offsets in a record. */
export type Fields = readonly (readonly [offset: number, value: number])[];

/** Hands out memory of a buffer and writes to it at once; without a buffer it only counts how much there must be. */
export class Arena {
  readonly regions: Region[] = [];
  private readonly buffer: ArrayBuffer | null;
  private readonly reservation: ReturnType<typeof reservation>;

  constructor(buffer: ArrayBuffer | null, start: number) {
    this.buffer = buffer;
    this.reservation = reservation(start);
  }

  get end(): number {
    return this.reservation.end();
  }

  reserve(bytes: number): number {
    const region = this.reservation.reserve(bytes);
    this.regions.push(region);
    return region.address;
  }

  /** Zeros, for `fill` to write to. */
  floats(length: number, fill: (to: Float64Array) => void = () => {}): number {
    const address = this.reserve(8 * length);
    if (this.buffer !== null) fill(this.view(address, length));
    return address;
  }

  integers(values: Int32Array): number {
    const address = this.reserve(4 * values.length);
    if (this.buffer !== null) new Int32Array(this.buffer, address, values.length).set(values);
    return address;
  }

  put(address: number, fields: Fields): void {
    if (this.buffer === null) return;
    const view = new DataView(this.buffer);
    for (const [offset, value] of fields) view.setUint32(address + offset, value, true);
  }

  /** Empty where there is no buffer. */
  view(address: number, length: number): Float64Array {
    return this.buffer === null ? new Float64Array(0) : new Float64Array(this.buffer, address, length);
  }
}

/** The address of an array in the module's memory; 0 of none. */
export function addressOf(array: Float64Array | undefined): number {
  return array?.byteOffset ?? 0;
}
