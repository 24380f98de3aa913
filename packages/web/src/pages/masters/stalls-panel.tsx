import { useQuery } from '@tanstack/react-query';
import type { Stall, Stalls } from '@millrace/protocol/api/profiles';
import { queries } from '../../api/queries.ts';
import { Skeleton } from '../../parts/skeleton.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { Ago } from '../../time/time.tsx';
import { millisecondsText, percentText } from '../../words/figures.ts';
import pageStyles from '../page.module.css';
import panel from './panel.module.css';
import { RoomName } from './room-name.tsx';

const causesShown = 20;
const stallsShown = 20;

/** When the event loop stood still, by causes; an event tells of each as it is over. */
export function StallsPanel({ master }: { readonly master: string }) {
  const stalls = useQuery(queries.stalls(master));
  return (
    <section aria-labelledby="stalls">
      <div className={panel.head}>
        <h2 id="stalls" className={panel.title}>
          Stalls
        </h2>
      </div>
      <div className={pageStyles.card}>
        {stalls.isPending ? <Skeleton rows={2} /> : null}
        {stalls.isError ? <Trouble error={stalls.error} onRetry={() => void stalls.refetch()} /> : null}
        {stalls.data === undefined ? null : <Causes stalls={stalls.data} />}
      </div>
    </section>
  );
}

function Causes({ stalls: { causes, stalls } }: { readonly stalls: Stalls }) {
  if (stalls.length === 0)
    return (
      <p className={pageStyles.empty}>
        Its event loop has not stood still for a quarter of a second or longer.
      </p>
    );
  return (
    <div className={`${panel.inside} ${panel.scroll}`}>
      <table className={panel.table}>
        <thead>
          <tr>
            <th scope="col">Cause</th>
            <th scope="col">Where</th>
            <th scope="col" className={panel.number}>
              Stalls
            </th>
            <th scope="col" className={panel.number}>
              Together
            </th>
            <th scope="col" className={panel.number}>
              Longest
            </th>
            <th scope="col" className={panel.number}>
              Last
            </th>
          </tr>
        </thead>
        <tbody>
          {causes.slice(0, causesShown).map((cause) => (
            <tr key={`${cause.room} ${cause.function}`}>
              <th scope="row">
                <RoomName room={cause.room} />
              </th>
              <td className={panel.code}>{cause.function}</td>
              <td className={panel.number}>{cause.stalls}</td>
              <td className={panel.number}>{millisecondsText(cause.totalMs)}</td>
              <td className={panel.number}>{millisecondsText(cause.longestMs)}</td>
              <td className={panel.number}>
                <Ago at={cause.lastAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Newest stalls={stalls.slice(0, stallsShown)} />
    </div>
  );
}

function Newest({ stalls }: { readonly stalls: readonly Stall[] }) {
  return (
    <details>
      <summary className={pageStyles.faint}>The newest, one by one</summary>
      <table className={panel.table}>
        <thead>
          <tr>
            <th scope="col">At</th>
            <th scope="col" className={panel.number}>
              For
            </th>
            <th scope="col">During</th>
            <th scope="col">The second before</th>
          </tr>
        </thead>
        <tbody>
          {stalls.map((stall) => (
            <tr key={`${stall.at} ${stall.ms}`}>
              <th scope="row">
                <Ago at={stall.at} />
              </th>
              <td className={panel.number}>{millisecondsText(stall.ms)}</td>
              <td>{blames(stall.during)}</td>
              <td>{blames(stall.before)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function blames(rooms: Stall['during']): string {
  if (rooms.length === 0) return 'nothing was sampled';
  return rooms
    .slice(0, 3)
    .map(({ room, share }) => `${room} ${percentText(share)}`)
    .join(', ');
}
