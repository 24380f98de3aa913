/** What a figure is measured against. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** One row of the tables: what is measured, in which unit, and what it should reach. */
export interface Row {
  /** As scripts know it: `log-64mb`. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly unit: string;
  /** Null: told, and held to nothing. */
  readonly target: Target | null;
}

/** A row with what several runs of it gave. */
export interface Figure {
  readonly name: string;
  /** The median. */
  readonly value: number;
  readonly unit: string;
  readonly target: number | null;
  readonly met: boolean | null;
  /** The peer's median in the same run of the command, in the same unit. */
  readonly peer: number | null;
  /** How many times as good as the peer. */
  readonly ratio: number | null;
  readonly runs: number;
  readonly min: number;
  readonly max: number;
}

/** What one run measured, by the rows' names. */
export type Measured = Readonly<Record<string, number>>;

/** The figure of `row` from its values and, where it was run, the peer's. */
export function figureOf(row: Row, values: readonly number[], peer: readonly number[] = []): Figure {
  const value = median(values);
  const peerValue = peer.length === 0 ? null : median(peer);
  const lessIsBetter = row.target !== null && 'atMost' in row.target;
  return {
    name: row.name,
    value,
    unit: row.unit,
    target: row.target === null ? null : 'atLeast' in row.target ? row.target.atLeast : row.target.atMost,
    met: row.target === null ? null : meets(value, row.target),
    peer: peerValue,
    ratio: peerValue === null ? null : lessIsBetter ? peerValue / value : value / peerValue,
    runs: values.length,
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

function meets(value: number, target: Target): boolean {
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
}

/** Of an even number of values: the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** Between two values: as far between them as the percentile lies. NaN of none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const place = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
