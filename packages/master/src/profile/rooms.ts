/** Not rooms of the house: nobody, or Node and libraries for whoever called them. */
const outside = new Set<string>(['idle', 'gc', 'native', 'node', 'library', 'other', 'root']);

/** V8's names of what is no function. */
const special: Readonly<Record<string, string>> = {
  '(root)': 'root',
  '(idle)': 'idle',
  '(garbage collector)': 'gc',
  '(program)': 'native',
};

/**
 * Which room of the house a function is of. `file`: its source file, an address or a path, after the bundle's map.
 * Of the master it is the folder in its `src`; of another package of ours, the package.
 */
export function roomOf(functionName: string, file: string): string {
  const named = special[functionName];
  if (named !== undefined && file === '') return named;
  if (file.startsWith('node:')) return 'node';
  if (/(?:^|\/)node_modules\/(?!@millrace\/)/u.test(file)) return 'library';
  const [, pack, rest = ''] = /(?:^|\/)(?:packages\/)?([a-z-]+)\/src\/(.+)$/u.exec(file) ?? [];
  if (pack === 'master') {
    const folder = /^([^/]+)\//u.exec(rest)?.[1];
    return folder ?? 'main';
  }
  if (pack !== undefined) return pack;
  return file === '' ? 'native' : 'other';
}

/** Whether it is one of ours. */
export function isOfTheHouse(room: string): boolean {
  return !outside.has(room);
}

/**
 * Who is to blame for what is on top of a stack: the nearest caller that is of the house, because Node and libraries
 * work for whoever called them. Collecting garbage and being idle are nobody's.
 *
 * @param stack rooms, from the top down
 */
export function blamedRoom(stack: readonly string[]): string {
  const [top = 'other'] = stack;
  if (top === 'gc' || top === 'idle') return top;
  return stack.find(isOfTheHouse) ?? top;
}
