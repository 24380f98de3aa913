import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Build } from '@millrace/protocol/api/builds';
import type { Worker } from '@millrace/protocol/api/workers';
import { queries } from '../../api/queries.ts';
import { useKeys } from '../../keyboard/keyboard.ts';
import { listKeys } from '../../keyboard/move-focus.ts';
import { Mark } from '../../marks/mark.tsx';
import { markOf } from '../../marks/marks.ts';
import { Skeleton } from '../../parts/skeleton.tsx';
import { useTab } from '../../parts/tab.ts';
import { Trouble } from '../../parts/trouble.tsx';
import { Ago, Took } from '../../time/time.tsx';
import pageStyles from '../page.module.css';
import { clockSentence } from './clock-sentence.ts';
import { factsText } from './facts-text.ts';
import { WorkerActs } from './worker-acts.tsx';
import { workerSentence } from './worker-sentence.ts';
import styles from './workers-page.module.css';

/** The machines: who is there, what each slot does, and what is wrong with whom. */
export function WorkersPage() {
  const workers = useQuery(queries.workers());
  const running = useQuery(queries.running());
  useTab('Workers');
  useKeys('List', listKeys.slice(0, 3));
  return (
    <div className={pageStyles.page}>
      <h1 className={pageStyles.title}>Workers</h1>
      {workers.isPending ? <Skeleton rows={4} height={64} /> : null}
      {workers.isError ? <Trouble error={workers.error} onRetry={() => void workers.refetch()} /> : null}
      <ul className={styles.workers}>
        {(workers.data?.items ?? []).map((worker) => (
          <li key={worker.name} className={pageStyles.card}>
            <WorkerCard
              worker={worker}
              builds={(running.data?.items ?? []).filter((build) => worker.builds.includes(build.id))}
            />
          </li>
        ))}
      </ul>
      {workers.data?.items.length === 0 ? (
        <p className={pageStyles.empty}>The config names no workers.</p>
      ) : null}
    </div>
  );
}

function WorkerCard({ worker, builds }: { readonly worker: Worker; readonly builds: readonly Build[] }) {
  const { mark, text, hold, well } = workerSentence(worker);
  const clock = clockSentence(worker);
  return (
    <article className={styles.worker} aria-label={worker.name}>
      <header className={styles.head}>
        <span className={styles.mark} aria-hidden>
          <Mark name={mark} />
        </span>
        <h2 className={styles.name}>{worker.name}</h2>
        <p className={styles.state} data-well={well}>
          {worker.hold === null ? null : (
            <>
              {hold} Since <Ago at={worker.hold.at} />.{' '}
            </>
          )}
          {text}
          {worker.connected || worker.heardAt === null ? null : (
            <>
              {' '}
              Heard of <Ago at={worker.heardAt} />.
            </>
          )}
        </p>
        {clock === null ? null : <p className={styles.state}>{clock}</p>}
      </header>
      <WorkerActs worker={worker} />
      <ul className={styles.slots} aria-label="Slots">
        {Array.from(
          { length: Math.max(worker.slots, ...builds.map((build) => build.slot + 1)) },
          (_, slot) => {
            const build = builds.find((candidate) => candidate.slot === slot);
            return (
              <li key={build?.id ?? `free ${slot}`} className={styles.slot} data-free={build === undefined}>
                {build === undefined ? (
                  worker.connected && worker.accepts ? (
                    'free'
                  ) : (
                    'not used'
                  )
                ) : (
                  <Link to="/builds/$id" params={{ id: String(build.id) }} className={styles.build} data-row>
                    <Mark name={markOf(build)} />
                    <span className={styles.buildName}>
                      {build.builder} <span className={styles.number}>#{build.number}</span>
                    </span>
                    <Took from={build.startedAt} to={null} />
                  </Link>
                )}
              </li>
            );
          },
        )}
      </ul>
      {worker.facts === null ? null : <p className={styles.facts}>{factsText(worker.facts)}</p>}
    </article>
  );
}
