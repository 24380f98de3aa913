import { useState } from 'react';
import type { ThreadProfile } from '@millrace/protocol/api/profiles';
import { Button } from '../../parts/button.tsx';
import { millisecondsText, percentText } from '../../words/figures.ts';
import panel from './panel.module.css';
import styles from './profile-tables.module.css';
import { RoomDot, RoomName } from './room-name.tsx';

const functionsShown = 15;

/** What rooms and functions took of a thread. */
export function ThreadTables({ thread: { rooms, functions, busyMs } }: { readonly thread: ThreadProfile }) {
  const [all, setAll] = useState(false);
  if (rooms.length === 0) return null;
  const ofBusy = (ms: number): string => percentText(busyMs === 0 ? 0 : ms / busyMs);
  return (
    <div className={styles.tables}>
      <table className={panel.table}>
        <caption title="Self adds up to what was busy; total is while any function of the room was at work">
          Rooms, of what was busy
        </caption>
        <thead>
          <tr>
            <th scope="col">Room</th>
            <th scope="col" className={panel.number}>
              Self
            </th>
            <th scope="col" className={panel.number}>
              Total
            </th>
          </tr>
        </thead>
        <tbody>
          {rooms.map(({ room, selfMs, totalMs }) => (
            <tr key={room}>
              <th scope="row">
                <RoomName room={room} />
              </th>
              <td className={panel.number} title={millisecondsText(selfMs)}>
                {ofBusy(selfMs)}
              </td>
              <td className={panel.number} title={millisecondsText(totalMs)}>
                {ofBusy(totalMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div>
        <div className={panel.scroll}>
          <table className={panel.table}>
            <caption>Functions, most self time first</caption>
            <thead>
              <tr>
                <th scope="col">Function</th>
                <th scope="col">Where</th>
                <th scope="col" className={panel.number}>
                  Self
                </th>
                <th scope="col" className={panel.number}>
                  Total
                </th>
              </tr>
            </thead>
            <tbody>
              {functions.slice(0, all ? functions.length : functionsShown).map((one) => (
                <tr key={`${one.function} ${one.file}:${one.line}`}>
                  <th scope="row" className={panel.code}>
                    <span className={styles.function}>
                      <RoomDot room={one.room} />
                      {one.function}
                    </span>
                  </th>
                  <td className={panel.where}>{one.file === '' ? one.room : `${one.file}:${one.line}`}</td>
                  <td className={panel.number}>{millisecondsText(one.selfMs)}</td>
                  <td className={panel.number}>{millisecondsText(one.totalMs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {functions.length > functionsShown ? (
          <Button look="quiet" onClick={() => setAll(!all)}>
            {all ? 'Fewer' : `All ${functions.length}`}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
