/** An undirected graph: the neighbours of node i stand in neighbours[start[i]] .. neighbours[start[i + 1] - 1]. */
export interface Graph {
  readonly start: Int32Array;
  readonly neighbours: Int32Array;
}

/**
 * An elimination order of the nodes that keeps the fill of a Cholesky factor small: approximate minimum degree on the quotient graph
 * with element absorption and mass elimination (Amestoy, Davis & Duff, 1996), without supervariables. `weights` are the nodes'
 * sizes (scalar rows a block row stands for).
 */
export function minimumDegree(graph: Graph, weights: Int32Array): Int32Array {
  const search = new QuotientGraph(graph, weights);
  while (search.count < weights.length) search.eliminateNext();
  return search.order;
}

class QuotientGraph {
  readonly order: Int32Array;
  /** Nodes that stand in `order` by now. */
  count = 0;
  private readonly weights: Int32Array;
  private remaining: number;
  private readonly isLive: Uint8Array;
  /** Of a live node: the live neighbours that no element joins it to, and the elements it is in. */
  private readonly variables: number[][];
  private readonly elements: number[][];
  /** Of an element, named after the node whose elimination made it: its nodes, their weight, and whether another holds them all. */
  private readonly members: number[][];
  private readonly size: Int32Array;
  private readonly isAbsorbed: Uint8Array;
  private readonly degree: Int32Array;
  private readonly queue: DegreeQueue;
  /** Marks of the current elimination: nodes in the new element, elements whose weight outside of it is known. */
  private readonly inside: Int32Array;
  private readonly measured: Int32Array;
  private readonly outside: Int32Array;

  constructor({ start, neighbours }: Graph, weights: Int32Array) {
    const n = weights.length;
    this.weights = weights;
    this.remaining = weights.reduce((a, b) => a + b, 0);
    this.order = new Int32Array(n);
    this.isLive = new Uint8Array(n).fill(1);
    this.variables = Array.from(weights, (_, i) => [...neighbours.subarray(start[i], start[i + 1])]);
    this.elements = Array.from(weights, () => []);
    this.members = Array.from(weights, () => []);
    this.size = new Int32Array(n);
    this.isAbsorbed = new Uint8Array(n);
    this.degree = Int32Array.from(this.variables, (list) => list.reduce((total, i) => total + weights[i], 0));
    this.queue = new DegreeQueue(this.degree, this.remaining);
    this.inside = new Int32Array(n).fill(-1);
    this.measured = new Int32Array(n).fill(-1);
    this.outside = new Int32Array(n);
  }

  eliminateNext(): void {
    const pivot = this.queue.least();
    const element = this.newElement(pivot);
    this.eliminate(pivot);
    this.measureOutside(element, pivot);
    for (const i of element) this.prune(i, pivot);
    const left = element.filter((i) => this.isLive[i] === 1);
    const size = left.reduce((total, i) => total + this.weights[i], 0);
    this.members[pivot] = left;
    this.size[pivot] = size;
    for (const i of left) this.updateDegree(i, pivot);
  }

  private eliminate(node: number): void {
    this.queue.remove(node);
    this.order[this.count++] = node;
    this.isLive[node] = 0;
    this.remaining -= this.weights[node];
    this.variables[node] = [];
    this.elements[node] = [];
  }

  /** The live nodes that eliminating `pivot` joins with one another; the elements it was in are absorbed. */
  private newElement(pivot: number): number[] {
    const { inside, isLive } = this;
    const element: number[] = [];
    inside[pivot] = pivot;
    const add = (i: number) => {
      if (isLive[i] === 0 || inside[i] === pivot) return;
      inside[i] = pivot;
      element.push(i);
    };
    this.variables[pivot].forEach(add);
    for (const e of this.elements[pivot]) {
      if (this.isAbsorbed[e] === 1) continue;
      this.members[e].forEach(add);
      this.absorb(e);
    }
    return element;
  }

  private absorb(element: number): void {
    this.isAbsorbed[element] = 1;
    this.members[element] = [];
  }

  /** For every element that meets the new one, the weight of its nodes that are not in it. */
  private measureOutside(element: readonly number[], pivot: number): void {
    for (const i of element)
      for (const e of this.elements[i]) {
        if (this.isAbsorbed[e] === 1) continue;
        if (this.measured[e] !== pivot) {
          this.measured[e] = pivot;
          this.outside[e] = this.size[e];
        }
        this.outside[e] -= this.weights[i];
      }
  }

  /** Drops from a node's lists what the new element stands for; a node with nothing else is eliminated with the pivot. */
  private prune(i: number, pivot: number): void {
    const elements = this.elements[i].filter((e) => {
      if (this.isAbsorbed[e] === 0 && this.outside[e] === 0) this.absorb(e);
      return this.isAbsorbed[e] === 0;
    });
    const variables = this.variables[i].filter((v) => this.isLive[v] === 1 && this.inside[v] !== pivot);
    if (elements.length === 0 && variables.length === 0) {
      this.eliminate(i);
      return;
    }
    elements.push(pivot);
    this.elements[i] = elements;
    this.variables[i] = variables;
  }

  /** A bound on the external degree, exact with up to two elements: overlaps between the others are counted twice. */
  private updateDegree(i: number, pivot: number): void {
    const joined = this.size[pivot] - this.weights[i];
    let bound = joined;
    for (const e of this.elements[i]) if (e !== pivot) bound += this.outside[e];
    for (const v of this.variables[i]) bound += this.weights[v];
    this.queue.remove(i);
    this.degree[i] = Math.min(bound, this.degree[i] + joined, this.remaining - this.weights[i]);
    this.queue.insert(i);
  }
}

/** Nodes by their degree, in one doubly linked list for each. */
class DegreeQueue {
  private readonly degree: Int32Array;
  private readonly head: Int32Array;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  private lowest = 0;

  /** `degree` stays its owner's, who takes a node out before changing it. */
  constructor(degree: Int32Array, most: number) {
    this.degree = degree;
    this.head = new Int32Array(most + 1).fill(-1);
    this.next = new Int32Array(degree.length).fill(-1);
    this.previous = new Int32Array(degree.length).fill(-1);
    for (let i = degree.length - 1; i >= 0; i--) this.insert(i);
  }

  least(): number {
    while (this.head[this.lowest] < 0) this.lowest++;
    return this.head[this.lowest];
  }

  insert(i: number): void {
    const degree = this.degree[i];
    const first = this.head[degree];
    this.next[i] = first;
    this.previous[i] = -1;
    if (first >= 0) this.previous[first] = i;
    this.head[degree] = i;
    this.lowest = Math.min(this.lowest, degree);
  }

  remove(i: number): void {
    const [before, after] = [this.previous[i], this.next[i]];
    if (before >= 0) this.next[before] = after;
    else this.head[this.degree[i]] = after;
    if (after >= 0) this.previous[after] = before;
  }
}
