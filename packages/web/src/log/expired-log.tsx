import type { Log } from '@millrace/protocol/api/builds';
import { Ago } from '../time/time.tsx';
import styles from './log-view.module.css';

interface ExpiredLogProps {
  readonly log: Log;
  readonly expired: NonNullable<Log['expired']>;
}

/** In the place of a log whose bytes have been removed: when, and why. */
export function ExpiredLog({ log, expired }: ExpiredLogProps) {
  return (
    <section className={styles.view} aria-label={`Log ${log.name}`}>
      <p className={styles.empty}>
        This log is expired: it was {expired.because}, and its {log.lines.toLocaleString('en')}{' '}
        {log.lines === 1 ? 'line was' : 'lines were'} removed <Ago at={expired.at} />.
      </p>
    </section>
  );
}
