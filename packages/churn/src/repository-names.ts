import fs from 'node:fs/promises';
import path from 'node:path';
import { ChurnError } from './churn-error.ts';

/**
 * The paths, if each is another repository.
 *
 * @throws ChurnError `not-a-repository` where there is none, `named-twice`
 */
export async function distinctRepositories(paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0)
    throw new ChurnError('not-a-repository', 'expected at least one repository, got none');
  const seen = new Map<string, string>();
  for (const named of paths) {
    const real = await fs.realpath(named).catch((cause: unknown) => {
      throw new ChurnError('not-a-repository', `${named} does not exist`, cause);
    });
    const before = seen.get(real);
    if (before !== undefined) {
      throw new ChurnError(
        'named-twice',
        `${named} is the same repository as ${before}: its lines would count twice`,
      );
    }
    seen.set(real, named);
  }
  return paths;
}

/**
 * What to call them: each folder's name, without `.git`, and with as many of the folders above it as it takes to
 * tell them apart.
 */
export function repositoryNames(paths: readonly string[]): string[] {
  const parts = paths.map((named) => {
    const folders = path.resolve(named).split(path.sep).filter(Boolean);
    return [...folders.slice(0, -1), (folders.at(-1) ?? '/').replace(/(?<=.)\.git$/, '')];
  });
  const nameOf = (index: number, length: number) => parts[index]!.slice(-length).join('/');
  return paths.map((named, index) => {
    const others = paths.map((_other, other) => other).filter((other) => other !== index);
    for (let length = 1; length <= parts[index]!.length; length++) {
      const name = nameOf(index, length);
      if (!others.some((other) => nameOf(other, length) === name)) return name;
    }
    return path.resolve(named); // `x` beside `x.git`
  });
}
