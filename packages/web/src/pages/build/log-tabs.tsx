import { Link } from '@tanstack/react-router';
import type { Log, Step } from '@millrace/protocol/api/builds';
import styles from './log-tabs.module.css';

interface LogTabsProps {
  readonly build: number;
  readonly step: Step;
  readonly open: Log | undefined;
}

/** The logs of a step that has more than one. */
export function LogTabs({ build, step, open }: LogTabsProps) {
  return (
    <nav className={styles.tabs} aria-label={`Logs of ${step.name}`}>
      {step.logs.map((log) => (
        <Link
          key={log.id}
          to="/builds/$id"
          params={{ id: String(build) }}
          search={{ step: step.name, log: log.name }}
          replace
          className={styles.tab}
          aria-current={log.id === open?.id ? 'true' : undefined}
        >
          {log.name}{' '}
          <span className={styles.lines}>
            {log.expired === null ? log.lines.toLocaleString('en') : 'expired'}
          </span>
        </Link>
      ))}
    </nav>
  );
}
