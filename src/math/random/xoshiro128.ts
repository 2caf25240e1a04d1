/** xoshiro128** (Blackman & Vigna 2021, ACM TOMS 47(4)): period 2^128 - 1. */
export class Xoshiro128 {
  private readonly state: Int32Array;

  /** Four words of 32 bits, not all of them zero. */
  constructor(words: readonly number[]) {
    this.state = Int32Array.from(words);
    if (words.length !== 4 || this.state.every((word) => word === 0)) {
      throw new RangeError("the state of xoshiro128** is four words, not all zero");
    }
  }

  /** 32 random bits, as a signed integer. */
  bits(): number {
    const s = this.state;
    const s1 = s[1];
    const scrambled = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9);
    const s2 = s[2] ^ s[0];
    const s3 = s[3] ^ s1;
    s[1] = s1 ^ s2;
    s[0] ^= s3;
    s[2] = s2 ^ (s1 << 9);
    s[3] = rotateLeft(s3, 11);
    return scrambled;
  }
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
