import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { queries } from '../../api/queries.ts';
import { useKeys } from '../../keyboard/keyboard.ts';
import { listKeys } from '../../keyboard/move-focus.ts';
import { Mark } from '../../marks/mark.tsx';
import { cancelRequest } from '../../parts/build-acts.ts';
import { Button } from '../../parts/button.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { useTab } from '../../parts/tab.ts';
import { Trouble } from '../../parts/trouble.tsx';
import { Ago } from '../../time/time.tsx';
import pageStyles from '../page.module.css';
import { Priority } from './priority.tsx';
import styles from './queue-page.module.css';

/** What waits, and why. */
export function QueuePage() {
  const queue = useQuery(queries.queue());
  const held = useQueryClient();
  const items = queue.data?.items ?? [];
  useTab(items.length === 0 ? 'Queue' : `Queue (${items.length})`);
  useKeys('List', [
    ...listKeys.slice(0, 3),
    {
      keys: 'x',
      label: 'Cancel the row’s request',
      act: () => {
        const id = Number(document.activeElement?.getAttribute('data-request'));
        const request = items.find((item) => item.id === id);
        if (request !== undefined) cancelRequest(request, held);
      },
    },
  ]);
  return (
    <div className={pageStyles.page}>
      <h1 className={pageStyles.title}>Queue</h1>
      <p className={styles.about}>What is asked for and has no slot yet. What goes first stands first.</p>
      <div className={pageStyles.card}>
        {queue.isPending ? <Skeleton rows={6} height={56} /> : null}
        {queue.isError ? <Trouble error={queue.error} onRetry={() => void queue.refetch()} /> : null}
        <ol>
          {items.map((request) => (
            <li key={request.id} className={styles.request}>
              <span className={styles.mark}>
                <Mark name="waiting" />
              </span>
              <Link
                to="/builders/$name"
                params={{ name: request.builder }}
                className={styles.builder}
                data-row
                data-request={request.id}
              >
                {request.builder}
              </Link>
              <span className={styles.why}>
                {request.waitsFor ?? 'Waits for a slot.'}
                {request.retries === 0 ? null : (
                  <span className={styles.again}>try {request.retries + 1}</span>
                )}
              </span>
              <span className={styles.what}>
                {[request.branch, request.revision?.slice(0, 8), request.subject].filter(Boolean).join(' · ')}
              </span>
              <span className={styles.reason}>{request.buildsetReason}</span>
              <span className={styles.ago}>
                <Ago at={request.createdAt} />
              </span>
              <Priority request={request} />
              <Button
                className={styles.cancel ?? ''}
                aria-label={`Cancel request ${request.id}`}
                onClick={() => cancelRequest(request, held)}
              >
                Cancel
              </Button>
            </li>
          ))}
        </ol>
        {queue.isSuccess && items.length === 0 ? <p className={pageStyles.empty}>Nothing waits.</p> : null}
      </div>
    </div>
  );
}
