import { Link } from '@tanstack/react-router';
import type { Build } from '@millrace/protocol/api/builds';
import { markOf, marks } from '../../marks/marks.ts';
import styles from './history.module.css';

/** The last builds as small columns, the newest at the right: what went wrong stands out by height and colour. */
export function History({ builds }: { readonly builds: readonly Build[] }) {
  return (
    <ol className={styles.history} aria-label="The last builds, the newest last">
      {builds.toReversed().map((build) => {
        const mark = markOf(build);
        return (
          <li key={build.id}>
            <Link
              to="/builds/$id"
              params={{ id: String(build.id) }}
              className={styles.build}
              data-mark={mark}
              title={`#${build.number} ${marks[mark].word}`}
              aria-label={`#${build.number} ${marks[mark].word}`}
              tabIndex={-1}
            />
          </li>
        );
      })}
    </ol>
  );
}
