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
  /** Whether more or less of it is better, where there is no target to say so. */
  readonly better?: 'more' | 'less';
  /** As measured elsewhere on the same kind of machine: what could not be run beside ours. */
  readonly reference?: Reference;
}

export interface Reference {
  readonly buildbot?: string;
  /** Buildbot on PostgreSQL. */
  readonly buildbotPostgres?: string;
  readonly laminar?: string;
}

/** A row with what several runs of it gave. */
export interface Figure {
  readonly name: string;
  /** The median; null where nothing could be measured. */
  readonly value: number | null;
  readonly unit: string;
  readonly target: number | null;
  readonly met: boolean | null;
  /** The peer's median in the same run of the command, in the same unit. */
  readonly peer: number | null;
  /** How many times as good as the peer. */
  readonly ratio: number | null;
  readonly runs: number;
  readonly min: number | null;
  readonly max: number | null;
}

/** What one run measured, by the rows' names. */
export type Measured = Readonly<Record<string, number>>;

/** The figure of `row` from its values and, where it was run, the peer's. */
export function figureOf(row: Row, values: readonly number[], peer: readonly number[] = []): Figure {
  const value = values.length === 0 ? null : median(values);
  const peerValue = peer.length === 0 ? null : median(peer);
  return {
    name: row.name,
    value,
    unit: row.unit,
    target: row.target === null ? null : 'atLeast' in row.target ? row.target.atLeast : row.target.atMost,
    met: row.target === null || value === null ? null : meets(value, row.target),
    peer: peerValue,
    ratio: value === null || peerValue === null ? null : ratioOf(row, value, peerValue),
    runs: values.length,
    min: values.length === 0 ? null : Math.min(...values),
    max: values.length === 0 ? null : Math.max(...values),
  };
}

function ratioOf(row: Row, value: number, peer: number): number | null {
  const less = row.target === null ? row.better === 'less' : 'atMost' in row.target;
  const ratio = less ? peer / value : value / peer;
  return Number.isFinite(ratio) ? ratio : null;
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

/** How much `y` grows with each `x`: the line through the points with the least squares. 0 of fewer than two. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  if (points.length < 2) return 0;
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const middleX = mean(points.map(([x]) => x));
  const middleY = mean(points.map(([, y]) => y));
  const spread = points.reduce((sum, [x]) => sum + (x - middleX) ** 2, 0);
  return spread === 0 ? 0 : points.reduce((sum, [x, y]) => sum + (x - middleX) * (y - middleY), 0) / spread;
}
