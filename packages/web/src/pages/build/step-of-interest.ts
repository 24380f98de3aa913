import type { Step } from '@millrace/protocol/api/builds';

/** The step that is open when nobody has chosen: what runs, else what broke first, else what warned, else the last one with a log. */
export function stepOfInterest(steps: readonly Step[]): Step | undefined {
  return (
    steps.find((step) => step.state === 'running') ??
    steps.find((step) => step.result === 'failure' || step.result === 'exception') ??
    steps.find((step) => step.result === 'cancelled') ??
    steps.find((step) => step.result === 'warnings') ??
    steps.findLast((step) => step.logs.length > 0) ??
    steps[0]
  );
}
