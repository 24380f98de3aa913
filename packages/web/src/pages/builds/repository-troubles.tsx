import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import { Ago } from '../../time/time.tsx';
import styles from './repository-troubles.module.css';

/** Repositories that cannot be read: nothing new of them is built until somebody does what stands here. */
export function RepositoryTroubles() {
  const { data } = useQuery(queries.repositories());
  const troubled = (data?.items ?? []).filter(({ trouble }) => trouble !== null);
  if (troubled.length === 0) return null;
  return (
    <section aria-label="Repositories that cannot be read" role="status" className={styles.troubles}>
      {troubled.map(({ name, trouble }) =>
        trouble === null ? null : (
          <p key={name} className={styles.trouble} data-repository={name}>
            <b>Repository {name} cannot be read</b> since <Ago at={trouble.since} />. {trouble.message}
          </p>
        ),
      )}
    </section>
  );
}
