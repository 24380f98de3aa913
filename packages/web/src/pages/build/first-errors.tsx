import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { BuildDetail } from '@millrace/protocol/api/builds';
import { queries } from '../../api/queries.ts';
import { formatLineRange } from '../../log/line-range.ts';
import { markOf, needsPerson } from '../../marks/marks.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import styles from './first-errors.module.css';

/** For a build that fails: what its log says about why, and the command that runs it on the reader's machine. */
export function FirstErrors({ build }: { readonly build: BuildDetail }) {
  const broken = build.steps.some((step) => needsPerson(markOf(step)));
  const found = useQuery({ ...queries.buildErrors(build.id), enabled: broken });
  if (!broken || found.data === undefined) return null;
  const { items, kind, wholeLog } = found.data;
  const step = build.steps[found.data.step ?? -1];
  const log = step?.logs.find((one) => one.id === found.data.log);
  if (step === undefined) return null;
  const command = `millrace reproduce ${build.id}`;
  return (
    <section className={styles.errors} aria-label="Why it failed" data-kind={kind}>
      <header className={styles.head}>
        <h2 className={styles.heading}>{headings[kind]}</h2>
        <span className={styles.step}>
          {step.name}
          {wholeLog ? '' : ' (of the last 4 MiB)'}
        </span>
        <span className={styles.run}>
          Run it here: <code className={styles.command}>{command}</code>
          <CopyButton text={command} title={command}>
            Copy
          </CopyButton>
        </span>
      </header>
      {log === undefined || items.length === 0 ? null : (
        <ol className={styles.lines}>
          {items.map(({ line, text }) => (
            <li key={line} className={styles.line}>
              <Link
                to="/builds/$id"
                params={{ id: String(build.id) }}
                search={{ step: step.name, log: log.name }}
                hash={formatLineRange({ first: line + 1, last: line + 1 })}
                replace
                resetScroll={false}
                hashScrollIntoView={false}
                className={styles.number}
              >
                {line + 1}
              </Link>
              <span className={styles.text}>{text}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

const headings = {
  errors: 'What went wrong',
  'last-lines': 'The last it said',
  none: 'It said nothing',
} as const;
