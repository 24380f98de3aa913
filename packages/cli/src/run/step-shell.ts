import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { MillraceError } from '@millrace/kernel/errors';
import type { PlannedStep } from '@millrace/protocol/plan';
import type { LocalOrder } from '@millrace/worker/local-build';
import { inheritedEnvironment, stepEnvironment } from '@millrace/worker/steps/environment';

/** Where a step of an order runs, and what it sees. */
export interface StepSurroundings {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** @param buildFolder Where the order's steps run; the step's own folder is below it. */
export function surroundingsOf(
  order: LocalOrder,
  step: PlannedStep | undefined,
  buildFolder: string,
  build: number,
  worker: string,
): StepSurroundings {
  const { plan, builder, number, secrets = {} } = order;
  const facts = { build, builder, number, worker, slot: 0 };
  const source = { branch: plan.source?.branch, revision: plan.source?.revision };
  const env = stepEnvironment({
    inherited: inheritedEnvironment(process.env),
    facts: { ...facts, ...source },
    properties: plan.properties,
    planned: [plan.env, step?.env ?? {}],
    secrets,
  });
  const below = step !== undefined && 'folder' in step ? step.folder : '';
  return { folder: path.join(buildFolder, below), env };
}

/** A shell for a person to look around in, until they leave it. @throws MillraceError `no-shell`. */
export function openShell({ folder, env }: StepSurroundings): void {
  const shell = process.env['SHELL'] ?? '/bin/sh';
  const terminal = process.env['TERM'];
  const ended = spawnSync(shell, [], {
    cwd: folder,
    env: { ...env, ...(terminal === undefined ? {} : { TERM: terminal }) },
    stdio: 'inherit',
  });
  if (ended.error !== undefined)
    throw new MillraceError('no-shell', `${shell} could not be started: ${ended.error.message}`);
}
