import { environmentWithoutGit } from '../git/git-process.ts';
import type { ProgramContext } from '../run/program-output.ts';

/** Mercurial on one repository, plain: no configuration file is read, nothing is asked, names are UTF-8. */
export function hgContext(root: string, signal: AbortSignal | undefined): ProgramContext {
  const env = environmentWithoutGit();
  for (const name of Object.keys(env)) if (name.toUpperCase().startsWith('HG')) delete env[name];
  return {
    cwd: root,
    env: {
      ...env,
      HGPLAIN: '1',
      HGRCPATH: '',
      HGRCSKIPREPO: '1',
      HGENCODING: 'UTF-8',
      HGENCODINGMODE: 'replace',
    },
    signal,
  };
}

/** A string as a revset reads it. */
export function revsetString(text: string): string {
  return `"${text.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`)}"`;
}
