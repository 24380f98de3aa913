import { changeText, millisecondsText, numberText, percentText, sizeText } from '../../words/figures.ts';
import type { LoadFigures } from './load-figures.ts';
import panel from './panel.module.css';
import { RoomName } from './room-name.tsx';
import styles from './load-table.module.css';

interface Row {
  readonly title: string;
  readonly of: (figures: LoadFigures) => number;
  readonly text: (value: number) => string;
}

const rows: readonly Row[] = [
  { title: 'Event loop busy', of: (figures) => figures.busyShare, text: percentText },
  { title: 'Event loop late by, p99', of: (figures) => figures.delayP99, text: millisecondsText },
  { title: 'Event loop late by, at most', of: (figures) => figures.delayMax, text: millisecondsText },
  { title: 'Stalls', of: (figures) => figures.stalls, text: numberText },
  { title: 'Builds ended', of: (figures) => figures.builds, text: numberText },
  { title: 'Builds ended, an hour', of: (figures) => figures.buildsPerHour, text: numberText },
  { title: 'Event loop a build', of: (figures) => figures.busyMsPerBuild, text: millisecondsText },
  { title: 'Logs, a second', of: (figures) => figures.logBytesPerSecond, text: sizeText },
  { title: 'Fsyncs, a second', of: (figures) => figures.fsyncsPerSecond, text: numberText },
  { title: 'Fsyncs a build', of: (figures) => figures.fsyncsPerBuild, text: numberText },
  { title: 'Collecting garbage', of: (figures) => figures.gcShare, text: percentText },
  { title: 'Memory, at most', of: (figures) => figures.residentBytes, text: sizeText },
];
const roomsShown = 12;

interface LoadTableProps {
  readonly now: LoadFigures;
  readonly before: LoadFigures | undefined;
}

/** The same as figures, beside those of the time before where two stretches are compared. */
export function LoadTable({ now, before }: LoadTableProps) {
  const rooms = [...new Set([...now.rooms.keys(), ...(before?.rooms.keys() ?? [])])].slice(0, roomsShown);
  const head = (
    <thead>
      <tr>
        <th scope="col">
          <span className={styles.unseen}>What</span>
        </th>
        <th scope="col" className={panel.number}>
          {before === undefined ? 'Here' : 'After'}
        </th>
        {before === undefined ? null : (
          <>
            <th scope="col" className={panel.number}>
              Before
            </th>
            <th scope="col" className={panel.number}>
              Change
            </th>
          </>
        )}
      </tr>
    </thead>
  );
  const cells = (of: Row['of'], text: Row['text']) => (
    <>
      <td className={panel.number}>{text(of(now))}</td>
      {before === undefined ? null : (
        <>
          <td className={panel.number}>{text(of(before))}</td>
          <td className={panel.number}>{changeText(of(now), of(before))}</td>
        </>
      )}
    </>
  );
  return (
    <div className={styles.tables}>
      <table className={panel.table}>
        <caption>Figures</caption>
        {head}
        <tbody>
          {rows.map(({ title, of, text }) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              {cells(of, text)}
            </tr>
          ))}
        </tbody>
      </table>
      <table className={panel.table}>
        <caption>Rooms, of all the time</caption>
        {head}
        <tbody>
          {rooms.map((room) => (
            <tr key={room}>
              <th scope="row">
                <RoomName room={room} />
              </th>
              {cells((figures) => figures.rooms.get(room) ?? 0, percentText)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
