import { duration } from '../time/duration.ts';
import { useNow } from '../time/use-now.ts';
import type { Estimate } from '../words/estimate.ts';
import styles from './progress.module.css';

interface ProgressProps {
  readonly startedAt: number;
  readonly estimate: Estimate;
}

/** How far a build is by its forerunners; beyond the estimate the bar is full and says so. */
export function Progress({ startedAt, estimate }: ProgressProps) {
  const now = useNow(1_000);
  const passed = Math.max(0, now - startedAt);
  const part = Math.min(1, passed / Math.max(1, estimate.ms));
  return (
    <span
      className={styles.progress}
      role="progressbar"
      aria-label="Expected progress"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(part * 100)}
      data-over={part >= 1}
      title={told(passed, estimate)}
    >
      <span className={styles.part} style={{ transform: `scaleX(${part})` }} />
    </span>
  );
}

function told(passed: number, { ms, builds, spreadMs }: Estimate): string {
  const sure = builds < 3 ? 'a guess' : spreadMs > ms / 3 ? 'they differ much' : 'they are alike';
  const rest =
    passed < ms ? `About ${duration(ms - passed)} left` : `${duration(passed - ms)} longer than usual`;
  return `${rest}, by the last ${builds} that went through (${sure})`;
}
