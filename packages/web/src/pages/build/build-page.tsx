import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate, useRouterState } from '@tanstack/react-router';
import type { BuildDetail, Step } from '@millrace/protocol/api/builds';
import { queries } from '../../api/queries.ts';
import { useKeys } from '../../keyboard/keyboard.ts';
import { formatLineRange, parseLineRange } from '../../log/line-range.ts';
import { ExpiredLog } from '../../log/expired-log.tsx';
import { LogView } from '../../log/log-view.tsx';
import { markOf, needsPerson } from '../../marks/marks.ts';
import { cancelBuild, retryBuild } from '../../parts/build-acts.ts';
import { Skeleton } from '../../parts/skeleton.tsx';
import { useTab } from '../../parts/tab.ts';
import { Trouble } from '../../parts/trouble.tsx';
import { logOfInterest } from '../../words/step-words.ts';
import { NotFound } from '../not-found.tsx';
import { BuildHeader } from './build-header.tsx';
import styles from './build-page.module.css';
import { FirstErrors } from './first-errors.tsx';
import { LogTabs } from './log-tabs.tsx';
import { stepOfInterest } from './step-of-interest.ts';
import { StepList } from './step-list.tsx';

const route = getRouteApi('/builds/$id');

/** A build: how it does and why, its steps, and the log of the one that matters. */
export function BuildPage() {
  const { id } = route.useParams();
  const numbered = /^[1-9][0-9]{0,15}$/u.test(id);
  const build = useQuery({ ...queries.build(Number(id)), enabled: numbered });
  if (!numbered) return <NotFound />;
  if (build.isError) return <Trouble error={build.error} onRetry={() => void build.refetch()} />;
  if (build.data === undefined) return <Skeleton rows={8} />;
  return <LoadedBuild key={build.data.id} build={build.data} />;
}

function LoadedBuild({ build }: { readonly build: BuildDetail }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const held = useQueryClient();
  const hash = useRouterState({ select: (state) => state.location.hash });
  const chosen = build.steps.find((step) => step.name === search.step);
  const step = chosen ?? stepOfInterest(build.steps);
  const log = step?.logs.find((candidate) => candidate.name === search.log) ?? (step && logOfInterest(step));
  const range = parseLineRange(hash);
  const mark = markOf(build);
  useTab(`${build.builder} #${build.number}`, mark);

  const params = { id: String(build.id) };
  const open = (next: Step): void =>
    void navigate({ to: '/builds/$id', params, search: { step: next.name }, replace: true });
  const move = (by: 1 | -1, wanted: (candidate: Step) => boolean): void => {
    const at = step === undefined ? -1 : build.steps.indexOf(step);
    for (let index = at + by; index >= 0 && index < build.steps.length; index += by) {
      const candidate = build.steps[index];
      if (candidate !== undefined && wanted(candidate)) {
        open(candidate);
        return;
      }
    }
  };
  const broken = (candidate: Step): boolean => needsPerson(markOf(candidate));
  const running = build.state === 'running';
  useKeys('Build', [
    { keys: 'j', label: 'Next step', act: () => move(1, () => true) },
    { keys: 'k', label: 'Step before', act: () => move(-1, () => true) },
    { keys: 'n', label: 'Next step that failed', act: () => move(1, broken) },
    { keys: 'p', label: 'Step before that failed', act: () => move(-1, broken) },
    running
      ? { keys: 'x', label: 'Cancel, with five seconds to take it back', act: () => cancelBuild(build, held) }
      : { keys: 'r', label: 'Build this revision again', act: () => void retryBuild(build) },
    {
      keys: 'esc',
      label: range === undefined ? 'To its builder' : 'Unmark the lines',
      act: () => {
        if (range === undefined) void navigate({ to: '/builders/$name', params: { name: build.builder } });
        else void navigate({ to: '/builds/$id', params, search, hash: '', replace: true });
      },
    },
  ]);

  return (
    <div className={styles.page} data-fills>
      <BuildHeader build={build} />
      <FirstErrors build={build} />
      <div className={styles.body}>
        <StepList build={build} open={step} />
        <section className={styles.log} aria-label={step === undefined ? 'Log' : `Log of ${step.name}`}>
          {step === undefined ? <p className={styles.none}>Its plan has no steps.</p> : null}
          {step === undefined ? null : <StepCommand step={step} />}
          {step !== undefined && step.logs.length > 1 ? (
            <LogTabs build={build.id} step={step} open={log} />
          ) : null}
          {step !== undefined && log === undefined ? <p className={styles.none}>{noLog(step)}</p> : null}
          {log === undefined || log.expired === null ? null : <ExpiredLog log={log} expired={log.expired} />}
          {log === undefined || log.expired !== null ? null : (
            <LogView
              key={log.id}
              log={log}
              range={range}
              onRange={(picked) =>
                void navigate({
                  to: '/builds/$id',
                  params,
                  search: { ...search, ...(step === undefined ? {} : { step: step.name }) },
                  hash: picked === undefined ? '' : formatLineRange(picked),
                  replace: true,
                  resetScroll: false,
                  hashScrollIntoView: false,
                })
              }
            />
          )}
        </section>
      </div>
    </div>
  );
}

/** What was run, as a person would give it to a shell; where, and which variables it saw, at hand. */
function StepCommand({ step }: { readonly step: Step }) {
  if (step.command === null) return null;
  const { command, folder, environment } = step.command;
  const where = folder === '' || folder === '.' ? '' : `in ${folder}\n`;
  return (
    <p className={styles.command} title={`${where}${environment.join(' ')}`}>
      <span aria-hidden="true">$ </span>
      {command}
    </p>
  );
}

function noLog(step: Step): string {
  if (step.state === 'pending') return 'This step has not begun.';
  if (step.result === 'skipped') return `This step was not run. ${step.message ?? ''}`;
  return step.message ?? (step.state === 'running' ? 'Nothing written yet.' : 'It wrote nothing.');
}
