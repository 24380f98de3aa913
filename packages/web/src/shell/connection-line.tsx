import { useEffect, useState, useSyncExternalStore } from 'react';
import { useLive } from '../live/live-context.ts';
import { clock } from '../time/clock.ts';
import styles from './connection-line.module.css';

/** A cut that heals within this is not worth a word. */
const patienceMs = 1_500;
const exact = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** One line while the page is cut off from its master; nothing while it is live. */
export function ConnectionLine() {
  const live = useLive();
  const connection = useSyncExternalStore(live.subscribe, live.connection);
  const lost = connection.kind === 'lost';
  const [told, setTold] = useState(false);
  useEffect(() => {
    if (lost) return clock.after(patienceMs, () => setTold(true));
    setTold(false);
    return undefined;
  }, [lost]);
  if (!lost || !told) return null;
  return (
    <p className={styles.line} role="status">
      Not connected to the master since {exact.format(connection.since)}. What you see is from then; the page
      catches up by itself.
    </p>
  );
}
