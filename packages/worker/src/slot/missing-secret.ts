import type { RunOrder } from '@millrace/protocol/agent/messages';
import type { BuildEnding } from './build-state.ts';

/** How a build ends whose order came without one of the plan's secrets: before its first step, not after an hour. */
export function missingSecret({
  plan,
  secrets = {},
  missingSecrets = {},
}: RunOrder): BuildEnding | undefined {
  const missing = plan.secrets?.filter((name) => !Object.hasOwn(secrets, name)) ?? [];
  if (missing.length === 0) return undefined;
  const whys = missing.map((name) => missingSecrets[name] ?? `The master did not give the secret '${name}'.`);
  return { result: 'exception', reason: 'secret-missing', message: whys.join(' ') };
}
