import { matchesBranch } from '../config/branch-pattern.ts';
import type { BuilderConfig, Config } from '../config/config.ts';

/**
 * What a caller may see. Null builders: everything. Else these builders alone, and of their builds neither
 * private properties nor what private steps printed and said.
 */
export interface Viewer {
  readonly builders: readonly string[] | null;
  /** Whether a property of one of these builders is kept from the caller. */
  hidesProperty(builder: string, name: string): boolean;
}

export const everybody: Viewer = { builders: null, hidesProperty: () => false };

/** What who has no token sees, where the config says `publicRead`. */
export function publicViewer(config: Config): Viewer {
  const shown = config.builders.filter(isPublic);
  const byName = new Map(shown.map((builder) => [builder.name, builder]));
  return {
    builders: shown.map(({ name }) => name),
    hidesProperty: (builder, name) => {
      const found = byName.get(builder);
      return found === undefined || matchesBranch(found.privateProperties, name);
    },
  };
}

export function sees(viewer: Viewer, builder: string): boolean {
  return viewer.builders === null || viewer.builders.includes(builder);
}

function isPublic(builder: BuilderConfig): boolean {
  return builder.visibility === 'public';
}
