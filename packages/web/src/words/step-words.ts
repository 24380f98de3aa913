import type { Step } from '@millrace/protocol/api/builds';

/** What a step's mark does not tell: why it ended so, its warnings, its tries. Undefined: nothing. */
export function stepWords(step: Step): string | undefined {
  const parts = [whyOf(step), warningsOf(step), triesOf(step)].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' · ');
}

function whyOf(step: Step): string | undefined {
  const { result, reason, message, exitCode, signal } = step;
  if (result === 'skipped') return message ?? undefined;
  if (reason !== null && reason !== 'cancelled')
    return [reason.replaceAll('-', ' '), message].filter(Boolean).join(': ');
  if (result === 'failure' && message !== null) return message;
  if ((result === 'failure' || result === 'warnings') && exitCode !== null && exitCode !== 0)
    return `exit code ${exitCode}`;
  return signal !== null && result !== 'cancelled' ? signal : undefined;
}

function warningsOf({ warnings }: Step): string | undefined {
  if (warnings === 0) return undefined;
  return warnings === 1 ? '1 warning' : `${warnings.toLocaleString('en')} warnings`;
}

function triesOf({ state, tries }: Step): string | undefined {
  const last = tries.at(-1);
  if (last === undefined) return undefined;
  return state === 'running'
    ? `try ${tries.length + 1}, after ${last.message ?? last.reason?.replaceAll('-', ' ') ?? last.result}`
    : `tried ${tries.length + 1} times`;
}

/** The log that a step is judged by: of its last try the first. */
export function logOfInterest(step: Step): Step['logs'][number] | undefined {
  const suffix = ` (try ${step.tries.length + 1})`;
  return step.logs.find(({ name }) => step.tries.length > 0 && name.endsWith(suffix)) ?? step.logs[0];
}
