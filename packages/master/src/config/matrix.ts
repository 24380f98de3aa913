import type { BuilderDefinition } from './define.ts';

/** One of the values of an axis: a name, or an object that has one beside what else is to be known of it. */
export type AxisValue = string | { readonly name: string };
export type Axes = Readonly<Record<string, readonly AxisValue[]>>;

/** One value of each axis. */
export type Cell<Of extends Axes> = { readonly [Axis in keyof Of]: Of[Axis][number] };

/** Names of values of some axes. */
type CellPattern<Of extends Axes> = { readonly [Axis in keyof Of]?: string };

export interface MatrixDefinition<Of extends Axes> {
  /**
   * The builders' names: `{axis}` stands for the value's name, in which all that no builder's name may have becomes
   * `-`. Builders are known by their names: keep it.
   * @defaultValue the axes in their order, with `-` between them
   */
  readonly name?: string;
  readonly axes: Of;
  /** Cells that are not built: each that has all values of one of these patterns. */
  readonly exclude?: readonly CellPattern<Of>[];
  /** Cells beside those that the axes make, excluded by nothing. */
  readonly include?: readonly Cell<Of>[];
  /** The builder of one cell. */
  readonly builder: (cell: Cell<Of>) => Omit<BuilderDefinition, 'name'>;
}

const cellsMax = 10_000;

/**
 * A builder for each combination of values: of platforms, branches and kinds, say.
 *
 * ```ts
 * builders: matrix({
 *   name: 'test-{platform}-{kind}',
 *   axes: {
 *     platform: [{ name: 'linux', workers: ['linux-1', 'linux-2'] }, { name: 'mac', workers: ['mac-1'] }],
 *     kind: ['debug', 'release'],
 *   },
 *   exclude: [{ platform: 'mac', kind: 'debug' }],
 *   builder: ({ platform, kind }) => ({
 *     repository: 'app',
 *     workers: platform.workers,
 *     steps: () => [checkout(), sh(['make', kind])],
 *   }),
 * })
 * ```
 *
 * The same axes make the same names in the same order.
 * @throws TypeError with all that is wrong: an axis without values, a name that the template does not know, two cells
 * of one name.
 */
export function matrix<const Of extends Axes>(
  definition: MatrixDefinition<Of>,
): readonly BuilderDefinition[] {
  const { axes, exclude = [], include = [], builder } = definition;
  const names = Object.keys(axes);
  const template = definition.name ?? names.map((axis) => `{${axis}}`).join('-');
  const wrong = [...wrongWithAxes(axes), ...wrongWithTemplate(template, names)];
  if (wrong.length > 0) throw new TypeError(`matrix: ${wrong.join('; ')}`);
  const made = product(axes).filter((cell) => !exclude.some((pattern) => fits(cell, pattern)));
  const cells = [...made, ...(include as readonly AnyCell[])];
  const named = cells.map((cell) => ({ cell, name: nameOf(template, cell) }));
  const collisions = collisionsOf(named);
  if (collisions.length > 0) throw new TypeError(`matrix: ${collisions.join('; ')}`);
  return named.map(({ cell, name }) => ({ ...builder(cell as Cell<Of>), name }));
}

type AnyCell = Readonly<Record<string, AxisValue>>;

const nameOfValue = (value: AxisValue | undefined): string =>
  typeof value === 'object' ? value.name : (value ?? '');

/** The last axis turns fastest. */
function product(axes: Axes): readonly AnyCell[] {
  let cells: AnyCell[] = [{}];
  for (const [axis, values] of Object.entries(axes))
    cells = cells.flatMap((cell) => values.map((value) => ({ ...cell, [axis]: value })));
  return cells;
}

function fits(cell: AnyCell, pattern: Readonly<Record<string, string | undefined>>): boolean {
  return Object.entries(pattern).every(([axis, name]) => nameOfValue(cell[axis]) === name);
}

function nameOf(template: string, cell: AnyCell): string {
  return template.replaceAll(/\{([^{}]*)\}/g, (_whole, axis: string) =>
    nameOfValue(cell[axis]).replaceAll(/[^A-Za-z0-9._-]+/g, '-'),
  );
}

function wrongWithAxes(axes: Axes): readonly string[] {
  const empty = Object.entries(axes).filter(([, values]) => !Array.isArray(values) || values.length === 0);
  const count = Object.values(axes).reduce((product, values) => product * values.length, 1);
  return [
    ...(Object.keys(axes).length === 0 ? ['there is no axis'] : []),
    ...empty.map(([axis]) => `the axis "${axis}" has no values`),
    ...(count > cellsMax ? [`the axes make ${count} builders, more than ${cellsMax}`] : []),
  ];
}

function wrongWithTemplate(template: string, axes: readonly string[]): readonly string[] {
  return Array.from(template.matchAll(/\{([^{}]*)\}/g), ([, axis = '']) => axis)
    .filter((axis) => !axes.includes(axis))
    .map((axis) => `the name "${template}" asks for "{${axis}}", and the axes are ${axes.join(', ')}`);
}

function collisionsOf(
  named: readonly { readonly cell: AnyCell; readonly name: string }[],
): readonly string[] {
  const first = new Map<string, AnyCell>();
  return named.flatMap(({ cell, name }) => {
    const other = first.get(name);
    if (other !== undefined)
      return [
        `two builders would be called "${name}": that of ${shownCell(other)} and that of ${shownCell(cell)}`,
      ];
    first.set(name, cell);
    return [];
  });
}

function shownCell(cell: AnyCell): string {
  return Object.entries(cell)
    .map(([axis, value]) => `${axis} "${nameOfValue(value)}"`)
    .join(', ');
}
