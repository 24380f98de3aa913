import type { FlameNode } from '@millrace/protocol/api/profiles';
import { describe, expect, test } from 'vitest';
import { flameRows } from './flame-rows.ts';

const node = (id: number, parent: number | null, totalMs: number): FlameNode => ({
  id,
  parent,
  name: `f${id}`,
  room: 'api',
  totalMs,
});
const nodes = [node(1, null, 100), node(2, 1, 60), node(3, 1, 30), node(4, 2, 15), node(5, 1, 0.01)];
const told = (chosen?: number) =>
  flameRows(nodes, chosen).map((row) => row.map(({ node: { id }, from, width }) => [id, from, width]));

describe('a flame graph', () => {
  test('has callers above those they call, as wide as the time they took', () => {
    expect(told()).toEqual([
      [[1, 0, 1]],
      [
        [2, 0, 0.6],
        [3, 0.6, 0.3],
      ],
      [[4, 0, 0.15]],
    ]);
  });

  test('shows one function alone, with its callers above it', () => {
    expect(told(2)).toEqual([[[1, 0, 1]], [[2, 0, 1]], [[4, 0, 0.25]]]);
  });

  test('shows all where the one that was chosen is not there, and nothing of nothing', () => {
    expect(told(77)).toEqual(told());
    expect(flameRows([], undefined)).toEqual([]);
  });
});
