import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { queries } from '../api/queries.ts';
import { Button } from '../parts/button.tsx';
import styles from './toast-list.module.css';
import { toasts } from './toasts.ts';
import type { Toast } from './toasts.ts';

/** The toasts that stand now, told to screen readers as they come. */
export function ToastList() {
  const all = useSyncExternalStore(toasts.subscribe, toasts.all);
  return (
    <ol className={styles.list} aria-live="polite" aria-label="What was just done">
      {all.map((toast) => (
        <li key={toast.id} className={styles.toast} data-bad={toast.bad}>
          <span className={styles.text}>{toast.text}</span>
          {toast.request === undefined ? null : (
            <RequestState id={toast.request} onGo={() => toasts.remove(toast.id)} />
          )}
          {toast.undo === undefined ? null : <Undo toast={toast} />}
        </li>
      ))}
    </ol>
  );
}

function Undo({ toast }: { readonly toast: Toast }) {
  return (
    <>
      <Button
        hint="u"
        onClick={() => {
          toast.undo?.();
          toasts.remove(toast.id);
        }}
      >
        Undo
      </Button>
      <span className={styles.left} style={{ animationDuration: `${toast.undoMs}ms` }} />
    </>
  );
}

/** Where a request that was just made has got to. */
function RequestState({ id, onGo }: { readonly id: number; readonly onGo: () => void }) {
  const { data } = useQuery(queries.request(id));
  const build = data?.build ?? undefined;
  if (build !== undefined) {
    return (
      <Link className={styles.link} to="/builds/$id" params={{ id: String(build) }} onClick={onGo}>
        Go to the build
      </Link>
    );
  }
  return (
    <Link className={styles.link} to="/queue" onClick={onGo}>
      In the queue
    </Link>
  );
}
