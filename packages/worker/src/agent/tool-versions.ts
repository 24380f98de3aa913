/** A program as it was found: where, and what changes when it is replaced. */
export interface FoundProgram {
  readonly file: string;
  /** Of its size and time. */
  readonly stamp: string;
}

/** What looking for tools needs of the machine. */
export interface Programs {
  find(name: string): Promise<FoundProgram | undefined>;
  /** What it printed; undefined where it failed, hung or could not be run. */
  ask(file: string, args: readonly string[]): Promise<string | undefined>;
}

/** By the tool's name: what was found, and its version; null: it does not tell one. */
export type KnownTools = Readonly<
  Record<string, { readonly file: string; readonly stamp: string; readonly version: string | null }>
>;

/** How a tool is called where it is not by its name, and asked where not with `--version`. */
const kinds: Readonly<
  Record<string, { readonly programs?: readonly string[]; readonly args?: readonly string[] }>
> = {
  python: { programs: ['python3', 'python'] },
  go: { args: ['version'] },
  java: { args: ['-version'] },
};

/** What is looked for where nobody says otherwise. */
export const usualTools = [
  'git',
  'hg',
  'node',
  'python',
  'rustc',
  'cargo',
  'go',
  'java',
  'gcc',
  'clang',
  'make',
  'cmake',
  'docker',
] as const;

const toolsLookedForMax = 50;
const versionLengthMax = 50;
const atOnce = 4;

/** The names in a list that a person wrote: by commas or spaces. What is no name of a program is left out. */
export function toolNames(list: string | undefined): readonly string[] {
  if (list === undefined) return usualTools;
  const names = list.split(/[\s,]+/).filter((name) => /^[A-Za-z0-9][A-Za-z0-9+._-]{0,49}$/.test(name));
  return [...new Set(names)].slice(0, toolsLookedForMax);
}

/**
 * Which of the tools are there, and their versions. A program that is as it was the last time is not asked again, so
 * that an agent that is started anew is there at once.
 */
export async function findTools(
  names: readonly string[],
  known: KnownTools,
  programs: Programs,
): Promise<KnownTools> {
  const found: Record<string, KnownTools[string]> = {};
  const left = [...names];
  const look = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const tool = await findTool(name, known[name], programs);
      if (tool !== undefined) found[name] = tool;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, look));
  return found;
}

/** The versions alone, in the order of their names. */
export function versionsOf(tools: KnownTools): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(tools)
      .map(([name, { version }]) => [name, version] as const)
      .filter((entry): entry is readonly [string, string] => entry[1] !== null)
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

async function findTool(
  name: string,
  known: KnownTools[string] | undefined,
  programs: Programs,
): Promise<KnownTools[string] | undefined> {
  const { programs: candidates = [name], args = ['--version'] } = kinds[name] ?? {};
  for (const candidate of candidates) {
    const program = await programs.find(candidate);
    if (program === undefined) continue;
    if (known?.file === program.file && known.stamp === program.stamp) return known;
    const said = await programs.ask(program.file, args);
    const version = /\d+(?:\.\d+)+/.exec(said ?? '')?.[0].slice(0, versionLengthMax) ?? null;
    return { ...program, version };
  }
  return undefined;
}
