/**
 * A copy of plain data whose typed arrays lie in shared memory, so that threads read one copy of them; the data themselves where there is no
 * shared memory, as in a page without cross-origin isolation, and every message copies.
 */
export function share<T>(value: T): T;
export function share(value: unknown): unknown {
  if (typeof SharedArrayBuffer === "undefined") return value;
  if (value instanceof Float64Array) return shareArray(value, new Float64Array(buffer(value)));
  if (value instanceof Int32Array) return shareArray(value, new Int32Array(buffer(value)));
  if (Array.isArray(value)) return value.map(share);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, share(part)]));
}

/** Whether a value is an object without a class, whose fields are all that it is. */
export function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function buffer({ byteLength }: ArrayBufferView): SharedArrayBuffer {
  return new SharedArrayBuffer(byteLength);
}

function shareArray<A extends Float64Array | Int32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
