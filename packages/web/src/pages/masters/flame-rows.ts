import type { FlameNode } from '@millrace/protocol/api/profiles';

/** A function in a flame graph: from where to where it reaches, from 0 to 1 of the one that is looked at. */
export interface FlameBar {
  readonly node: FlameNode;
  readonly from: number;
  readonly width: number;
}

/** Narrower ones cannot be seen, or chosen. */
const widthMin = 0.0015;

/**
 * A flame graph by rows, callers above those they call. `chosen`: the node that fills it, with its callers above it;
 * undefined: all.
 */
export function flameRows(
  nodes: readonly FlameNode[],
  chosen: number | undefined,
): readonly (readonly FlameBar[])[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const children = Map.groupBy(nodes, ({ parent }) => parent);
  const focus = chosen === undefined ? undefined : byId.get(chosen);
  const rows: FlameBar[][] = callersOf(focus, byId).map((node) => [{ node, from: 0, width: 1 }]);
  const top = focus === undefined ? (children.get(null) ?? []) : [focus];
  let row = besideEachOther(top, 0, 1 / Math.max(1e-9, sumOf(top)));
  while (row.length > 0) {
    rows.push(row);
    row = row.flatMap(({ node, from, width }) =>
      besideEachOther(children.get(node.id) ?? [], from, width / Math.max(1e-9, node.totalMs)),
    );
  }
  return rows;
}

/** @param perMs how wide a millisecond is */
function besideEachOther(siblings: readonly FlameNode[], start: number, perMs: number): FlameBar[] {
  let from = start;
  return siblings.flatMap((node) => {
    const bar = { node, from, width: node.totalMs * perMs };
    from += bar.width;
    return bar.width < widthMin ? [] : [bar];
  });
}

const sumOf = (nodes: readonly FlameNode[]): number => nodes.reduce((sum, { totalMs }) => sum + totalMs, 0);

/** From the outermost one. */
function callersOf(node: FlameNode | undefined, byId: ReadonlyMap<number, FlameNode>): readonly FlameNode[] {
  const callers: FlameNode[] = [];
  for (let at = byId.get(node?.parent ?? -1); at !== undefined; at = byId.get(at.parent ?? -1))
    callers.unshift(at);
  return callers;
}
