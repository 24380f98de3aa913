import { Link } from '@tanstack/react-router';
import type { BuildDetail, Step } from '@millrace/protocol/api/builds';
import { Mark } from '../../marks/mark.tsx';
import { markOf } from '../../marks/marks.ts';
import { Took } from '../../time/time.tsx';
import { stepWords } from '../../words/step-words.ts';
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
      <StepLinks steps={build.steps} />
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

function Why({ step }: { readonly step: Step }) {
  const told = stepWords(step);
  return told === undefined ? null : <span className={styles.why}>{told}</span>;
}

/** What the steps point to: elsewhere, so in a tab of its own, which is told nothing of this page. */
function StepLinks({ steps }: { readonly steps: readonly Step[] }) {
  const links = steps.flatMap((step) => step.links.map((link) => ({ ...link, step })));
  if (links.length === 0) return null;
  return (
    <section aria-label="Links" className={styles.properties}>
      <h2 className={styles.heading}>Links</h2>
      <ul>
        {links.map(({ label, url, step }) => (
          <li key={`${step.index} ${label}`}>
            <a href={url} target="_blank" rel="noopener noreferrer" title={url} className={styles.link}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
