import { unreachable } from '@millrace/kernel/assert';
import type { PlannedCheckout, PlannedSource } from '@millrace/protocol/plan';
import { openedCredentials } from '@millrace/protocol/repository/credentials';
import type { OpenedCredentials } from '@millrace/protocol/repository/credentials';
import { withoutLogins } from '@millrace/protocol/repository/address';
import { folderWithin } from '../steps/folder-within.ts';
import { stoppedOutcome } from '../steps/step.ts';
import type { RunStep, StepContext, StepOutcome } from '../steps/step.ts';
import { checkoutGit } from './git-checkout.ts';
import { checkoutHg } from './hg-checkout.ts';
import { LoggedCommands } from './logged-commands.ts';
import type { Placed, Placing } from './placing.ts';
import { meaningOf } from './refusals.ts';

/**
 * Puts the exact revision of the build's source into a folder, whatever an earlier build left there.
 */
export const runCheckout: RunStep<PlannedCheckout> = async (step, context) => {
  const { source } = context;
  const folder = folderWithin(context, step.folder);
  if (source === undefined) return planFailed('The build has no source to check out.');
  if (folder === undefined)
    return planFailed(`The folder '${step.folder}' is outside of the build's folder.`);
  const kind = source.kind ?? 'git';
  const wrong = wrongRevision(kind, source.revision);
  if (wrong !== undefined) return planFailed(wrong);
  const commands = new LoggedCommands(context, context.openLog('output', 'combined'));
  if (step.mode === 'clobber' && !(await empty(commands, context, folder)))
    return commands.stopped
      ? stoppedOutcome
      : failed(`The folder could not be removed: ${commands.lastWords}`);
  const placing: Placing = {
    step,
    context,
    commands,
    folder,
    url: source.url,
    branch: source.branch,
    revision: source.revision,
    credentials: credentialsOf(source, context),
  };
  const placed = await (kind === 'git' ? checkoutGit(placing) : checkoutHg(placing));
  return commands.stopped ? stoppedOutcome : outcomeOf(placed, source);
};

function wrongRevision(kind: 'git' | 'hg', revision: string): string | undefined {
  if (kind === 'git' ? /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(revision) : /^[0-9a-f]{40}$/.test(revision))
    return undefined;
  return `'${revision}' is no absolute revision: 40${kind === 'git' ? ' or 64' : ''} hexadecimal digits.`;
}

function credentialsOf(source: PlannedSource, context: StepContext): OpenedCredentials | undefined {
  const { credentials } = source;
  if (credentials === undefined) return undefined;
  const value = context.secrets[credentials.secret];
  return value === undefined ? undefined : openedCredentials(credentials, value);
}

function empty(commands: LoggedCommands, context: StepContext, folder: string): Promise<boolean> {
  return commands.run({ args: ['rm', '-rf', '--', folder], folder: context.dataFolder });
}

function outcomeOf(placed: Placed, source: PlannedSource): StepOutcome {
  const repository = `the repository '${source.repository}' (${withoutLogins(source.url)})`;
  switch (placed.kind) {
    case 'placed':
      return { result: 'success' };
    case 'missing':
      return { result: 'failure', message: missing(placed.revision, placed.of ?? repository, placed.empty) };
    case 'refused':
      return { result: 'failure', message: placed.why };
    case 'unreachable': {
      const from = placed.of ?? repository;
      return failed(withMeaning(`From ${from} nothing could be fetched: ${placed.why}`));
    }
    case 'failed':
      return failed(withMeaning(`The revision ${source.revision} could not be checked out: ${placed.why}`));
    case 'stopped':
      return stoppedOutcome;
    default:
      return unreachable(placed);
  }
}

function missing(revision: string, repository: string, empty: boolean): string {
  return empty
    ? `The revision ${revision} does not exist in ${repository}: it is empty.`
    : `The revision ${revision} does not exist in ${repository}. A branch that was pushed over, or removed, loses its commits.`;
}

function withMeaning(message: string): string {
  const meaning = meaningOf(message);
  return meaning === undefined ? message : `${message.replace(/\.$/, '')}. ${meaning}`;
}

function planFailed(message: string): StepOutcome {
  return { result: 'exception', reason: 'plan-failed', message };
}

function failed(message: string): StepOutcome {
  const reason = /no space left on device/i.test(message) ? 'disk-full' : 'checkout-failed';
  return { result: 'exception', reason, message };
}
