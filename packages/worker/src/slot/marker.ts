import type { Holding } from '@millrace/protocol/agent/messages';

/*
 * How the processes of a build are known for the build's, whoever looks for them: by a marker in their
 * environment, `<spool>/<build>-<fence>/<step>`. The spool's id keeps two workers on one machine apart.
 */

/** With which the markers of all trees of a worker begin. */
export function spoolMarker(spoolId: string): string {
  return `${spoolId.replaceAll(/[^\w.-]/g, '_')}/`;
}

/** With which the markers of all trees of a build begin. */
export function buildMarker(spoolId: string, { build, fence }: Holding): string {
  return `${spoolMarker(spoolId)}${build}-${fence}/`;
}

export function stepMarker(spoolId: string, holding: Holding, step: number): string {
  return `${buildMarker(spoolId, holding)}${step}`;
}
