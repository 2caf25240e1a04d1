/** eta = link(mu), and its inverse mu(eta) with derivatives. */
export interface Link {
  readonly name: string;
  link(mu: number): number;
  inverseLink(eta: number): number;
  /** d mu / d eta */
  dMuDEta(eta: number): number;
}
