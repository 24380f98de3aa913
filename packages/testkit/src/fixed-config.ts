import type { Config, Planned, PlanInput } from '@millrace/master/config/config';
import { ConfigInForce } from '@millrace/master/config/config-in-force';
import type { LoadedConfig } from '@millrace/master/config/config-in-force';

/** A config without code: its plans are made by a function, or cannot be made. */
export function loadedConfig(
  config: Config,
  plan: (input: PlanInput) => Planned = () => ({ kind: 'failed', message: 'This config has no code.' }),
): LoadedConfig {
  return {
    get: () => config,
    plan: async (input) => plan(input),
    sweep: () => undefined,
    close: async () => undefined,
  };
}

/** A config that is in force from the beginning. */
export function fixedConfig(config: Config, plan?: (input: PlanInput) => Planned): ConfigInForce {
  return new ConfigInForce(loadedConfig(config, plan));
}
