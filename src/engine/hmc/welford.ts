/** Running covariance of positions (Welford 1962), of each component or of all pairs. */
export class Welford {
  count = 0;
  private readonly means: Float64Array;
  private readonly deviations: Float64Array;
  /** Sums of products of deviations: length dim if diagonal, else dim x dim, of which the lower triangle is kept. */
  private readonly products: Float64Array;
  private readonly kind: "diagonal" | "dense";

  constructor(kind: "diagonal" | "dense", dimension: number) {
    this.kind = kind;
    this.means = new Float64Array(dimension);
    this.deviations = new Float64Array(dimension);
    this.products = new Float64Array(kind === "diagonal" ? dimension : dimension * dimension);
  }

  add(position: Float64Array): void {
    const { means, deviations } = this;
    this.count++;
    for (let i = 0; i < means.length; i++) {
      deviations[i] = position[i] - means[i];
      means[i] += deviations[i] / this.count;
    }
    if (this.kind === "diagonal") this.addSquares(position);
    else this.addProducts(position);
  }

  /** With divisor count - 1: variances, or the covariance matrix. */
  covariance(): Float64Array {
    const dimension = this.means.length;
    const scaled = this.products.map((product) => product / (this.count - 1));
    if (this.kind === "dense") mirrorLower(scaled, dimension);
    return scaled;
  }

  private addSquares(position: Float64Array): void {
    const { means, deviations, products } = this;
    for (let i = 0; i < means.length; i++) products[i] += deviations[i] * (position[i] - means[i]);
  }

  private addProducts(position: Float64Array): void {
    const { means, deviations, products } = this;
    const dimension = means.length;
    for (let i = 0; i < dimension; i++) {
      const left = position[i] - means[i];
      for (let j = 0; j <= i; j++) products[i * dimension + j] += left * deviations[j];
    }
  }
}

function mirrorLower(matrix: Float64Array, dimension: number): void {
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j < i; j++) matrix[j * dimension + i] = matrix[i * dimension + j];
  }
}
