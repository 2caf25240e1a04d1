import { describe, expect, it } from "vitest";
import { importTable, nameOf, relativeImports, roomOf, sources } from "./sources.js";

/** The sets of nodes that can all be reached from one another (Tarjan 1972), of two nodes or more. */
function circles<Node>(nodes: Iterable<Node>, next: (node: Node) => Iterable<Node>): Node[][] {
  const order = new Map<Node, number>();
  const lowest = new Map<Node, number>();
  const stack: Node[] = [];
  const found: Node[][] = [];
  const visit = (node: Node): number => {
    order.set(node, order.size);
    let low = order.size - 1;
    stack.push(node);
    for (const other of next(node)) {
      if (!order.has(other)) low = Math.min(low, visit(other));
      else if (stack.includes(other)) low = Math.min(low, lowest.get(other) ?? order.get(other) ?? low);
    }
    lowest.set(node, low);
    if (low === order.get(node)) {
      const circle = stack.splice(stack.indexOf(node));
      if (circle.length > 1) found.push(circle);
    }
    return low;
  };
  for (const node of nodes) if (!order.has(node)) visit(node);
  return found;
}

describe("imports run in no circle, those of types included", () => {
  const files = sources();

  /** What each room imports of others, where a room may be finer than a folder of src. */
  function importsOfRooms(room: (file: string) => string): Map<string, Set<string>> {
    const imports = new Map<string, Set<string>>();
    for (const file of files) {
      const others = relativeImports(file).map(room);
      const known = imports.get(room(file)) ?? new Set<string>();
      imports.set(room(file), new Set([...known, ...others.filter((other) => other !== room(file))]));
    }
    return imports;
  }

  it("finds a circle where there is one", () => {
    const graph = new Map([
      ["a", ["b"]],
      ["b", ["c", "d"]],
      ["c", ["a"]],
      ["d", ["e"]],
      ["e", []],
    ]);
    expect(circles(graph.keys(), (node) => graph.get(node) ?? [])).toEqual([["a", "b", "c"]]);
  });

  it("between files", () => {
    expect(files.flatMap(relativeImports).filter((file) => !files.includes(file) && !file.endsWith(".d.ts"))).toEqual(
      [],
    );
    expect(circles(files, relativeImports).map((circle) => circle.map(nameOf))).toEqual([]);
  });

  it("between rooms, and none that the table of src/README.md allows", () => {
    const imports = importsOfRooms(roomOf);
    expect(circles(imports.keys(), (room) => imports.get(room) ?? [])).toEqual([]);
    const table = importTable();
    expect(circles(table.keys(), (room) => [...(table.get(room) ?? [])].filter((other) => table.has(other)))).toEqual(
      [],
    );
  });

  it("between engines", () => {
    const imports = importsOfRooms((file) => nameOf(file).match(/^engine\/\w+/)?.[0] ?? roomOf(file));
    expect(circles(imports.keys(), (room) => imports.get(room) ?? [])).toEqual([]);
  });
});
