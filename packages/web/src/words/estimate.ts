import type { Build } from '@millrace/protocol/api/builds';

export interface Estimate {
  readonly ms: number;
  /** How many builds it is made of, and how far the middle half of them lies apart: how sure it is. */
  readonly builds: number;
  readonly spreadMs: number;
}

type TimedBuild = Pick<Build, 'result' | 'startedAt' | 'finishedAt'>;

const builds = 15;

/** How long a build will take: the median of the last ones that went through. Undefined without any. */
export function estimate(history: readonly TimedBuild[]): Estimate | undefined {
  const took = history
    .filter((build) => build.result === 'success' || build.result === 'warnings')
    .slice(0, builds)
    .map((build) => (build.finishedAt ?? build.startedAt) - build.startedAt)
    .sort((left, right) => left - right);
  const at = (part: number): number => took[Math.min(took.length - 1, Math.floor(took.length * part))] ?? 0;
  if (took.length === 0) return undefined;
  return { ms: at(0.5), builds: took.length, spreadMs: at(0.75) - at(0.25) };
}
