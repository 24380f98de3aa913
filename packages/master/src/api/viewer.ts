import { matchesBranch } from '../config/branch-pattern.ts';
import type { Config, CurrentConfig } from '../config/config.ts';

/**
 * What a caller may see. Null builders: everything. Else these builders alone, and of their builds neither
 * private properties nor what private steps printed and said.
 */
export interface Viewer {
  readonly builders: readonly string[] | null;
  /** Whether a property of one of these builders is kept from the caller. */
  hidesProperty(builder: string, name: string): boolean;
  /** False once the config is another: what is still being told has to be asked for anew. */
  isCurrent(): boolean;
}

export const everybody: Viewer = { builders: null, hidesProperty: () => false, isCurrent: () => true };

/** What who has no token sees, where the config says `publicRead`. */
export function publicViewer(current: CurrentConfig): Viewer {
  const config = current.get();
  const shown = config.builders.filter(({ visibility }) => visibility === 'public');
  const byName = new Map(shown.map((builder) => [builder.name, builder]));
  return {
    builders: shown.map(({ name }) => name),
    hidesProperty: (builder, name) => {
      const found = byName.get(builder);
      return found === undefined || matchesBranch(found.privateProperties, name);
    },
    isCurrent: () => current.get() === config,
  };
}

export function sees(viewer: Viewer, builder: string): boolean {
  return viewer.builders === null || viewer.builders.includes(builder);
}

/** Those of the config's builders that the caller may see. */
export function shownBuilders(viewer: Viewer, config: Config): Config['builders'] {
  return config.builders.filter(({ name }) => sees(viewer, name));
}
