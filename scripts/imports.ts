import fs from 'node:fs';
import path from 'node:path';
import { parseSync } from 'oxc-parser';

/*
 * Who may import whom, as ARCHITECTURE.md tells it. Type imports count: a room that knows another's types
 * knows the other room.
 */

/** Packages, each with those that it may import. */
const packages: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  poster: [],
  'disk-space': [],
  churn: [],
  protocol: ['kernel'],
  worker: ['kernel', 'protocol', 'disk-space'],
  master: ['kernel', 'protocol'],
  web: ['protocol'],
  cli: ['kernel', 'protocol', 'poster', 'disk-space', 'churn', 'worker', 'master'],
  testkit: ['kernel', 'protocol', 'poster', 'disk-space', 'churn', 'worker', 'master', 'cli'],
};

const stages = [
  'changes',
  'schedulers',
  'requests',
  'dispatch',
  'builds',
  'logs',
  'profile',
  'answers',
  'reloading',
  'retention',
];
const edges = ['workers', 'api', 'notify'];
const below = ['model', 'config', 'store', 'events'];

/** Rooms of the master, each with those that it may import besides itself. */
const masterRooms: Readonly<Record<string, readonly string[]>> = {
  model: [],
  config: ['model'],
  store: ['model', 'config'],
  events: ['model', 'store'],
  ...Object.fromEntries(stages.map((stage) => [stage, below])),
  ...Object.fromEntries(edges.map((edge) => [edge, [...below, ...stages]])),
  main: [...below, ...stages, ...edges],
};

/** Rooms of the worker. */
const workerRooms: Readonly<Record<string, readonly string[]>> = {
  journal: [],
  output: ['journal'],
  masking: [],
  steps: ['output'],
  sources: ['steps'],
  slot: ['journal', 'masking', 'output', 'steps', 'sources'],
  agent: ['journal', 'slot'],
  supervisor: ['agent', 'slot'],
};

export interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Sentences, one for each import that the table does not allow. Empty: the house is in order. */
export function wrongImports(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => importsOf(file).flatMap((target) => judge(file.path, target) ?? []));
}

/** Every source file of the packages, tests left out: a test may import the testkit. */
export function sourceFiles(root: string): SourceFile[] {
  return fs
    .globSync('packages/*/src/**/*.{ts,tsx}', { cwd: root })
    .filter((name) => !/\.test\.tsx?$/.test(name))
    .map((name) => ({
      path: name.split(path.sep).join('/'),
      text: fs.readFileSync(path.join(root, name), 'utf8'),
    }));
}

/** What a file imports, `import type` and `export … from` included: `@millrace/x/y`, or a path from the root. */
function importsOf(file: SourceFile): string[] {
  const { module, errors } = parseSync(file.path, file.text);
  if (errors.length > 0) throw new Error(`${file.path} cannot be read: ${errors[0]?.message ?? ''}`);
  const targets = [
    ...module.staticImports.map((one) => one.moduleRequest.value),
    ...module.staticExports.flatMap((one) =>
      one.entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
    ),
    ...module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
      const literal = /^['"](.+)['"]$/.exec(file.text.slice(start, end));
      return literal?.[1] ?? [];
    }),
  ];
  return targets.map((target) =>
    target.startsWith('.') ? path.posix.join(path.posix.dirname(file.path), target) : target,
  );
}

function judge(from: string, target: string): string | undefined {
  const [, own = '', , room = ''] = from.split('/');
  const other = packageOf(target);
  if (other === undefined) return undefined;
  if (other !== own) {
    const allowed = packages[own]?.includes(other) ?? false;
    return allowed
      ? undefined
      : `${from} imports ${target}: ${own} may import ${list(packages[own])} of ours`;
  }
  const rooms = own === 'master' ? masterRooms : own === 'worker' ? workerRooms : undefined;
  const otherRoom = target.split('/')[3] ?? '';
  return rooms && judgeRooms(from, target, rooms, name(room), name(otherRoom));
}

function judgeRooms(
  from: string,
  target: string,
  rooms: Readonly<Record<string, readonly string[]>>,
  room: string,
  other: string,
): string | undefined {
  // Files that lie beside the rooms are the package's ground, except those that are rooms themselves.
  if (room === other || !(other in rooms) || !(room in rooms)) return undefined;
  return rooms[room]?.includes(other)
    ? undefined
    : `${from} imports ${target}: ${room} may import ${list(rooms[room])}`;
}

const name = (room: string): string => room.replace(/\.tsx?$/, '');
const list = (names: readonly string[] = []): string => (names.length === 0 ? 'nothing' : names.join(', '));

function packageOf(target: string): string | undefined {
  if (target.startsWith('packages/')) return target.split('/')[1];
  if (target.startsWith('@millrace/')) return target.split('/')[1];
  return target === 'millrace' ? 'cli' : undefined;
}
