/** eta = link(mu), and its inverse mu(eta) with derivatives. */
export interface Link {
  readonly name: string;
  link(mu: number): number;
  inverseLink(eta: number): number;
  /** The inverse link of an expression of Stan, a vector or a number. */
  stan(eta: string): string;
  /** d mu / d eta */
  dMuDEta(eta: number): number;
}
