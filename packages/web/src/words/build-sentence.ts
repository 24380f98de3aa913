import type { Build, Step } from '@millrace/protocol/api/builds';
import { reasonWords } from './reason-words.ts';

/** What a build is up to, or how it ended and why, as one sentence. */
export function buildSentence(build: Build, steps: readonly Step[]): string {
  if (build.state === 'running') return runningSentence(build, steps);
  const broken = steps.find((step) => step.result === build.result);
  const because = build.reason === null ? '' : `: ${reasonWords[build.reason]}`;
  const told = build.message?.trim().replace(/\.$/u, '') ?? '';
  const said = told === '' ? '' : ` (${told})`;
  switch (build.result) {
    case 'success':
      return 'All steps succeeded.';
    case 'warnings':
      return broken === undefined ? 'Ended with warnings.' : `${quoted(broken)} ended with warnings.`;
    case 'failure':
      if (broken === undefined) return `Failed${because}${said}.`;
      return `${quoted(broken)} ${broken.reason === 'timed-out' ? `ran out of time${said}` : `failed${exitOf(broken)}`}.`;
    case 'exception':
      return `Could not be built${because}${said}.`;
    case 'cancelled':
      return `${sentenceCase(told === '' ? reasonWords[build.reason ?? 'cancelled'] : told)}.`;
    case 'skipped':
      return 'There was nothing to do.';
    case null:
      return 'Ended without a result.';
    default:
      return '';
  }
}

function runningSentence(build: Build, steps: readonly Step[]): string {
  if (build.silent)
    return `${build.worker} has not been heard of for some time. The build may well go on there.`;
  if (build.cancelling) return 'Being cancelled: its commands are asked to end.';
  const running = steps.find((step) => step.state === 'running');
  if (running === undefined) return 'Between two steps.';
  return `Runs ${quoted(running)}, step ${running.index + 1} of ${steps.length}.`;
}

function sentenceCase(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function exitOf(step: Step): string {
  if (step.signal !== null) return `, ended by ${step.signal}`;
  return step.exitCode === null ? '' : ` with exit code ${step.exitCode}`;
}

const quoted = (step: Step): string => `“${step.name}”`;
