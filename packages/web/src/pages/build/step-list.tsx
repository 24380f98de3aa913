import { Link } from '@tanstack/react-router';
import type { BuildDetail, Step } from '@millrace/protocol/api/builds';
import { Mark } from '../../marks/mark.tsx';
import { markOf } from '../../marks/marks.ts';
import { Took } from '../../time/time.tsx';
import styles from './step-list.module.css';

interface StepListProps {
  readonly build: BuildDetail;
  readonly open: Step | undefined;
}

const inHeader = ['builder', 'repository', 'branch', 'revision'] as const;

/** The steps in their order; the one whose log is shown is current. Below them, what the build carries. */
export function StepList({ build, open }: StepListProps) {
  // What the header says already is not said again.
  const properties = build.properties.filter(({ name, value }) =>
    inHeader.every((known) => name !== known || value !== build[known]),
  );
  return (
    <nav className={styles.side} aria-label="Steps">
      <ol>
        {build.steps.map((step) => (
          <li key={step.index}>
            <Link
              to="/builds/$id"
              params={{ id: String(build.id) }}
              search={{ step: step.name }}
              replace
              className={styles.step}
              aria-current={step === open ? 'step' : undefined}
              data-quiet={step.result === 'skipped' || step.state === 'pending'}
            >
              <Mark name={markOf(step)} />
              <span className={styles.name}>{step.name}</span>
              <span className={styles.took}>
                {step.startedAt === null || step.result === 'skipped' ? null : (
                  <Took from={step.startedAt} to={step.finishedAt} />
                )}
              </span>
              <Why step={step} />
            </Link>
          </li>
        ))}
      </ol>
      {properties.length === 0 ? null : (
        <section aria-label="Properties" className={styles.properties}>
          <h2 className={styles.heading}>Properties</h2>
          <dl>
            {properties.map(({ name, value, source }) => (
              <div key={name} className={styles.property} title={`from ${source}`}>
                <dt>{name}</dt>
                <dd>{String(value)}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </nav>
  );
}

/** Only where the mark does not tell it. */
function Why({ step }: { readonly step: Step }) {
  const told =
    step.reason !== null && step.reason !== 'cancelled'
      ? [step.reason.replaceAll('-', ' '), step.message].filter(Boolean).join(': ')
      : step.result === 'failure' && step.exitCode !== null
        ? `exit code ${step.exitCode}`
        : step.signal !== null && step.result !== 'cancelled'
          ? step.signal
          : undefined;
  return told === undefined ? null : <span className={styles.why}>{told}</span>;
}
