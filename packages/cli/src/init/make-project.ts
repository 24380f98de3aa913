import { compilersFor } from './c-compilers.ts';
import type { ProjectFiles, Recognise, StepLine, Tool } from './recognised.ts';

/** In the order in which make itself looks. */
const makefiles = ['GNUmakefile', 'makefile', 'Makefile'] as const;

/** make with the targets that there are, and autotools before it where they make the Makefile. */
export const makeProject: Recognise = (files) => {
  const makefile = makefiles.find((name) => files.has(name));
  const configuring = makefile === undefined ? autotools(files) : undefined;
  if (makefile === undefined && configuring === undefined) return undefined;
  const steps =
    makefile === undefined
      ? [{ line: 'make' }, { line: 'make check' }]
      : stepsOf(targetsOf(files.text(makefile)));
  return {
    kind: 'make',
    because: [makefile ?? configuring?.because ?? ''],
    steps: [...(configuring?.steps ?? []), ...steps],
    env: {},
    tools: [{ command: 'make', from: 'make' }, ...(configuring?.tools ?? []), ...compilersFor(files)],
  };
};

/** Names of the explicit targets, in their order; no variables, patterns or special ones. */
function targetsOf(makefile: string): readonly string[] {
  return [...makefile.matchAll(/^([A-Za-z0-9][^:=#\t\n]*?)\s*::?(?![:=])/gm)]
    .flatMap(([, names = '']) => names.split(/\s+/))
    .filter((name) => /^[\w./-]+$/.test(name));
}

function stepsOf(targets: readonly string[]): readonly StepLine[] {
  const has = (name: string): boolean => targets.includes(name);
  const tests = ['check', 'test', 'tests'].find(has);
  const [first] = targets;
  // The first target is what `make` alone makes: some only print what there is.
  const build = first === 'help' ? ['all', 'build'].find(has) : '';
  const steps: StepLine[] = [];
  if (build !== undefined && first !== tests) steps.push({ line: `make ${build}`.trim() });
  if (tests !== undefined) steps.push({ line: `make ${tests}` });
  return steps.length > 0 ? steps : [{ line: 'make' }];
}

function autotools(
  files: ProjectFiles,
):
  | { readonly because: string; readonly steps: readonly StepLine[]; readonly tools: readonly Tool[] }
  | undefined {
  if (files.has('configure')) return { because: 'configure', steps: [{ line: './configure' }], tools: [] };
  if (!files.has('configure.ac')) return undefined;
  return {
    because: 'configure.ac',
    steps: [{ line: 'autoreconf --install' }, { line: './configure' }],
    tools: [
      { command: 'autoreconf', from: 'autoconf' },
      { command: 'automake', from: 'automake' },
    ],
  };
}
