import type { CheckedConfig } from '../check-config.ts';
import type { Planned, PlanInput } from '../config.ts';
import type { ConfigErrorCode, ConfigProblem } from '../config-problem.ts';

/** A module of the config as it was when it was loaded. */
export interface ModuleSource {
  readonly format: string;
  readonly text: string;
}

/** By URL: the config file and what it imports, but for what npm installed. */
export type ModuleSources = ReadonlyMap<string, ModuleSource>;

export type ToConfigThread =
  /**
   * The first message. With `sources` the config is what it was when they were read, whatever lies on the disk
   * by now.
   */
  | { readonly type: 'load'; readonly file: string; readonly sources: ModuleSources }
  /** One at a time: the next when this has been answered. */
  | { readonly type: 'plan'; readonly input: PlanInput }
  /** At any time, and not answered: garbage is to be collected. */
  | { readonly type: 'sweep' };

export type FromConfigThread =
  | {
      readonly type: 'loaded';
      readonly config: CheckedConfig;
      readonly generation: string;
      readonly sources: ModuleSources;
    }
  | { readonly type: 'broken'; readonly code: ConfigErrorCode; readonly problems: readonly ConfigProblem[] }
  | { readonly type: 'planned'; readonly planned: Planned };
