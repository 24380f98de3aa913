import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Build } from '@millrace/protocol/api/builds';
import { recentTimes } from '../../api/recent-times.ts';
import { Mark } from '../../marks/mark.tsx';
import { markOf, needsPerson } from '../../marks/marks.ts';
import { Progress } from '../../parts/progress.tsx';
import { Ago, Took } from '../../time/time.tsx';
import { estimate } from '../../words/estimate.ts';
import styles from './build-row.module.css';

interface BuildRowProps {
  readonly build: Build;
  /** Larger, with why: for what needs a person. */
  readonly prominent?: boolean;
  /** On the page of a builder its name is said already. */
  readonly bare?: boolean;
}

/** A build as one line: a link to it as a whole. */
export function BuildRow({ build, prominent = false, bare = false }: BuildRowProps) {
  const mark = markOf(build);
  return (
    <Link
      to="/builds/$id"
      params={{ id: String(build.id) }}
      className={styles.row}
      data-row
      data-build={build.id}
      data-bad={needsPerson(mark) || undefined}
      data-prominent={prominent || undefined}
      data-bare={bare || undefined}
      data-state={mark}
    >
      <span className={styles.mark}>
        <Mark name={mark} size={prominent ? 20 : 16} />
      </span>
      <span className={styles.name}>
        {bare ? null : <b>{build.builder}</b>} <span className={styles.number}>#{build.number}</span>
      </span>
      <span className={styles.what}>
        <span className={styles.subject}>{build.subject ?? build.message ?? ''}</span>
        <WhyOf build={build} />
      </span>
      <span className={styles.branch} title={build.branch ?? undefined}>
        {build.branch}
      </span>
      <span className={styles.revision}>{build.revision?.slice(0, 8)}</span>
      <span className={styles.took}>
        {build.state === 'running' ? <RunningProgress build={build} /> : null}
        <Took from={build.startedAt} to={build.finishedAt} />
      </span>
      <span className={styles.ago}>
        {build.finishedAt === null ? null : <Ago at={build.finishedAt} suffix={false} />}
      </span>
    </Link>
  );
}

/** What the mark does not say. */
function WhyOf({ build }: { readonly build: Build }) {
  if (build.state === 'running') {
    if (build.cancelling) return <span className={styles.why}>being cancelled</span>;
    if (build.silent) return <span className={styles.why}>{build.worker} is silent</span>;
    return null;
  }
  if (build.reason === null || build.result === 'cancelled') return null;
  return <span className={styles.why}>{build.reason.replaceAll('-', ' ')}</span>;
}

function RunningProgress({ build }: { readonly build: Build }) {
  const { data } = useQuery(recentTimes(build.builder));
  const expected = estimate(data?.items ?? []);
  return expected === undefined ? null : <Progress startedAt={build.startedAt} estimate={expected} />;
}
