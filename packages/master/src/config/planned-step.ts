import { unreachable } from '@millrace/kernel/assert';
import type { PlannedPattern } from '@millrace/protocol/pattern';
import {
  defaultKillGraceMs,
  defaultLimits,
  defaultLogBytesMax,
  retriedResults,
} from '@millrace/protocol/plan';
import type {
  OnFailure,
  EnvironmentTemplate,
  PlannedCapture,
  PlannedCheckout,
  PlannedLimits,
  PlannedRetry,
  PlannedSh,
  PlannedStep,
  Template,
} from '@millrace/protocol/plan';
import { PropertyReference } from './late-value.ts';
import type { Text } from './late-value.ts';
import { patternOf } from './output-pattern.ts';
import type { OutputPattern } from './output-pattern.ts';
import { SecretReference } from './secret.ts';
import type { EnvironmentText } from './secret.ts';
import type { CheckoutStep, CommonOptions, Limits, ShStep, Step, StepOptions } from './step.ts';

const defaultBackoffMs = 1_000;

/** A step that has been checked, as data: what it did not say is filled in. */
export function plannedStep(step: Step, name: string): PlannedStep {
  switch (step.kind) {
    case 'sh':
      return plannedSh(step, name);
    case 'checkout':
      return plannedCheckout(step, name);
    case 'set-property': {
      const { value } = step;
      const constant = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string';
      return {
        kind: 'set-property',
        ...runOptions(step, name),
        property: step.property,
        value: constant ? { constant: value } : { template: template(value) },
      };
    }
    case 'link':
      return { kind: 'link', ...runOptions(step, name), label: step.label, url: template(step.url) };
    default:
      return unreachable(step);
  }
}

function plannedCheckout(step: CheckoutStep, name: string): PlannedCheckout {
  const { mode, submodules = false, lfs, depth } = step;
  return {
    kind: 'checkout',
    ...runOptions(step, name),
    folder: step.folder ?? '',
    ...(mode !== undefined && { mode }),
    ...(submodules !== false && { submodules: submodules === 'recursive' ? submodules : 'direct' }),
    ...(lfs === true && { lfs }),
    ...(depth !== undefined && { depth }),
  };
}

/** What becomes of the build when the step fails. */
export function onFailureOf({ continueOnFailure, allowFailure }: CommonOptions): OnFailure {
  if (allowFailure === true) return 'warn';
  return continueOnFailure === true ? 'continue' : 'stop';
}

function plannedSh(step: ShStep, name: string): PlannedSh {
  const command =
    typeof step.command === 'string' ? { line: step.command } : { args: step.command.map(template) };
  const captures = listOf(step.setProperty ?? []).map((one): PlannedCapture =>
    typeof one === 'string'
      ? { property: one }
      : { property: one.name, ...(one.pattern !== undefined && { pattern: planned(one.pattern) }) },
  );
  // As with `$(...)` of a shell, what goes to stderr is not part of the value.
  const takesStdout = captures.some(({ pattern }) => pattern === undefined);
  const exitCodes = step.warnOnExitCodes ?? [];
  const patterns = listOf(step.warnOnOutput ?? []).map(planned);
  return {
    kind: 'sh',
    ...runOptions(step, name),
    folder: step.folder ?? '',
    command,
    separateStreams: step.separateStreams ?? takesStdout,
    ...((exitCodes.length > 0 || patterns.length > 0) && { warnings: { exitCodes, patterns } }),
    ...(captures.length > 0 && { captures }),
  };
}

function runOptions(step: CommonOptions & StepOptions, name: string) {
  const onFailure = onFailureOf(step);
  return {
    name,
    limits: limitsOf(step.limits ?? {}),
    killGraceMs: step.killGraceMs ?? defaultKillGraceMs,
    logBytesMax: step.logBytesMax ?? defaultLogBytesMax,
    env: templates(step.env ?? {}),
    always: step.always ?? false,
    ...(step.visibility === 'private' && { visibility: step.visibility }),
    ...(step.when !== undefined && { when: step.when }),
    ...(onFailure !== 'stop' && { onFailure }),
    ...(step.retry !== undefined && { retry: retryOf(step.retry) }),
  };
}

function retryOf(given: NonNullable<StepOptions['retry']>): PlannedRetry {
  const { times, backoffMs, on, exitCodes } = typeof given === 'number' ? { times: given } : given;
  return {
    tries: times + 1,
    backoffMs: backoffMs ?? defaultBackoffMs,
    results: on ?? retriedResults,
    ...(exitCodes !== undefined && { exitCodes }),
  };
}

function limitsOf(given: Limits): PlannedLimits {
  const noOutputMs = given.noOutputMs === undefined ? defaultLimits.noOutputMs : given.noOutputMs;
  const totalMs = given.totalMs === undefined ? defaultLimits.totalMs : given.totalMs;
  return {
    ...(noOutputMs === null || noOutputMs === undefined ? {} : { noOutputMs }),
    ...(totalMs === null || totalMs === undefined ? {} : { totalMs }),
  };
}

export function templates(
  env: Readonly<Record<string, EnvironmentText>>,
): Readonly<Record<string, EnvironmentTemplate>> {
  return Object.fromEntries(Object.entries(env).map(([key, text]) => [key, environmentTemplate(text)]));
}

function environmentTemplate(text: EnvironmentText): EnvironmentTemplate {
  if (typeof text === 'string') return text;
  const parts: readonly unknown[] = Array.isArray(text) ? text : [text];
  return parts.map((part) =>
    part instanceof SecretReference ? { secret: part.secret } : templatePart(part),
  );
}

function template(text: Text): Template {
  if (typeof text === 'string') return text;
  const parts: readonly unknown[] = Array.isArray(text) ? text : [text];
  return parts.map(templatePart);
}

function templatePart(part: unknown): string | { readonly property: string } {
  return part instanceof PropertyReference ? { property: part.property } : String(part);
}

function planned(pattern: OutputPattern): PlannedPattern {
  return patternOf(pattern) ?? { source: String(pattern), ignoreCase: false };
}

function listOf<Item>(value: Item | readonly Item[]): readonly Item[] {
  return Array.isArray(value) ? (value as readonly Item[]) : [value as Item];
}
