import { Link } from '@tanstack/react-router';
import type { Build } from '@millrace/protocol/api/builds';
import { markOf, marks } from '../../marks/marks.ts';
import { duration } from '../../time/duration.ts';
import styles from './duration-chart.module.css';

/** How long the last builds took, a column each, the newest at the right. */
export function DurationChart({ builds }: { readonly builds: readonly Build[] }) {
  const finished = builds.filter((build) => build.finishedAt !== null).toReversed();
  if (finished.length < 3) return null;
  const took = (build: Build): number => (build.finishedAt ?? build.startedAt) - build.startedAt;
  const longest = Math.max(...finished.map(took));
  return (
    <figure className={styles.chart}>
      <ol className={styles.columns} aria-label="How long the last builds took">
        {finished.map((build) => {
          const mark = markOf(build);
          const told = `#${build.number} ${marks[mark].word}, ${duration(took(build))}`;
          return (
            <li key={build.id} className={styles.column}>
              <Link
                to="/builds/$id"
                params={{ id: String(build.id) }}
                className={styles.bar}
                data-mark={mark}
                title={told}
                aria-label={told}
                tabIndex={-1}
                style={{ height: `${Math.max(6, (took(build) / longest) * 100)}%` }}
              />
            </li>
          );
        })}
      </ol>
      <figcaption className={styles.caption}>
        How long the last {finished.length} took; the longest {duration(longest)}
      </figcaption>
    </figure>
  );
}
