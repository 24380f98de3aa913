import path from 'node:path';
import { unreachable } from '@millrace/kernel/assert';
import type { PlannedCheckout, PlannedSource } from '@millrace/protocol/plan';
import { Git, shownUrl } from './git.ts';
import { mirrorOf, revisionInMirror } from './mirror.ts';
import type { MirrorAnswer } from './mirror.ts';
import { folderWithin } from './sh.ts';
import { stoppedOutcome } from './step.ts';
import type { RunStep, StepContext, StepOutcome } from './step.ts';

/**
 * Puts the exact revision of the build's source into a folder. The objects come from a mirror that all slots of the
 * worker share, and stay there: the folder's own repository borrows them. What an earlier build left in the folder
 * is removed. The branches and tags that the mirror knows are there too, so that `git describe` works.
 */
export const runCheckout: RunStep<PlannedCheckout> = async (step, context) => {
  const { source } = context;
  const folder = folderWithin(context.buildFolder, step.folder);
  if (source === undefined) return planFailed('The build has no source to check out.');
  if (folder === undefined)
    return planFailed(`The folder '${step.folder}' is outside of the build's folder.`);
  if (!absoluteRevision.test(source.revision))
    return planFailed(`'${source.revision}' is no absolute revision: 40 or 64 hexadecimal digits.`);
  const git = new Git(context, context.openLog('output', 'combined'));
  const mirror = mirrorOf(context.dataFolder, source.url);
  const found = await revisionInMirror(git, context, mirror, source);
  return found.kind === 'there' ? fillFolder(git, context, mirror, folder, source) : outcomeOf(found, source);
};

const absoluteRevision = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

async function fillFolder(
  git: Git,
  context: StepContext,
  mirror: string,
  folder: string,
  source: PlannedSource,
): Promise<StepOutcome> {
  if (await placeRevision(git, context, mirror, folder, source)) return { result: 'success' };
  if (git.stopped) return stoppedOutcome;
  // Whatever a killed build left there is no reason for the next one to fail.
  git.say('This did not work with what was there: the folder is made anew.');
  const removed = await git.command(context.buildFolder, ['rm', '-rf', '--', folder]);
  if (removed && (await placeRevision(git, context, mirror, folder, source))) return { result: 'success' };
  if (git.stopped) return stoppedOutcome;
  return failed(`The revision ${source.revision} could not be checked out: ${git.lastWords}`);
}

async function placeRevision(
  git: Git,
  { disk }: StepContext,
  mirror: string,
  folder: string,
  source: PlannedSource,
): Promise<boolean> {
  disk.makeFolder(folder);
  if (!disk.list(path.join(folder, '.git')).includes('HEAD') && !(await git.run(folder, ['init', '--quiet'])))
    return false;
  disk.writeText(
    path.join(folder, '.git', 'objects', 'info', 'alternates'),
    `${path.join(mirror, 'objects')}\n`,
  );
  const refs = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
  return (
    (await git.removeLocks(path.join(folder, '.git'))) &&
    (await git.run(folder, [
      'fetch',
      '--quiet',
      '--prune',
      '--no-write-fetch-head',
      '--end-of-options',
      mirror,
      ...refs,
    ])) &&
    (await git.run(folder, ['clean', '-ffdx', '--quiet'])) &&
    (await git.run(folder, ['checkout', '--force', '--quiet', '--detach', source.revision]))
  );
}

function outcomeOf(found: Exclude<MirrorAnswer, { kind: 'there' }>, source: PlannedSource): StepOutcome {
  const repository = `the repository '${source.repository}' (${shownUrl(source.url)})`;
  switch (found.kind) {
    case 'missing':
      return {
        result: 'failure',
        message: `The revision ${source.revision} does not exist in ${repository}.`,
      };
    case 'failed':
      return failed(`From ${repository} nothing could be fetched: ${found.why}`);
    case 'stopped':
      return stoppedOutcome;
    default:
      return unreachable(found);
  }
}

function planFailed(message: string): StepOutcome {
  return { result: 'exception', reason: 'plan-failed', message };
}

function failed(message: string): StepOutcome {
  return { result: 'exception', reason: 'checkout-failed', message };
}
