import { ChurnError } from '../churn-error.ts';
import { gitText, type GitContext } from './git-process.ts';

/** Where a branch stood at one moment; a push meanwhile changes nothing that is counted. */
export interface BranchHead {
  /** As a person calls it: `main`, `v1.0`, or `HEAD` where it is detached. */
  readonly branch: string;
  /** The commit; `null` where nothing has been committed yet. */
  readonly commit: string | null;
}

/**
 * The head of a branch, a remote's branch or a tag, by its short name or its full one (`refs/...`); without a
 * name, what is checked out. Names are looked up as they are, never as expressions.
 *
 * @throws ChurnError `unknown-branch`
 */
export async function branchHead(
  context: GitContext,
  name: string | undefined,
  asWritten: string,
): Promise<BranchHead> {
  if (name === undefined) return checkedOut(context);
  const refs = name.startsWith('refs/')
    ? [name]
    : [`refs/heads/${name}`, `refs/remotes/${name}`, `refs/remotes/origin/${name}`, `refs/tags/${name}`];
  for (const ref of refs) {
    const object = await attempt(context, ['show-ref', '--verify', '--hash', '--end-of-options', ref]);
    const commit = object && (await attempt(context, revParse(`${object}^{commit}`)));
    if (commit) return { branch: name, commit };
  }
  throw new ChurnError('unknown-branch', `${asWritten} has no branch or tag ${JSON.stringify(name)}`);
}

async function checkedOut(context: GitContext): Promise<BranchHead> {
  const ref = await attempt(context, ['symbolic-ref', '--quiet', 'HEAD']);
  const commit = await attempt(context, revParse('HEAD^{commit}'));
  return { branch: ref?.replace(/^refs\/heads\//, '') ?? 'HEAD', commit: commit ?? null };
}

const revParse = (revision: string) => ['rev-parse', '--verify', '--quiet', '--end-of-options', revision];

/** `undefined` where git says no. */
async function attempt(context: GitContext, args: string[]): Promise<string | undefined> {
  try {
    return await gitText(context, args);
  } catch (error) {
    if (error instanceof ChurnError && error.code === 'tool-failed') return undefined;
    throw error;
  }
}
