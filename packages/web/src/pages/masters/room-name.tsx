import panel from './panel.module.css';
import { roomColour } from './room-colour.ts';

/** The colour that a room has in the charts; its name stands beside it. */
export function RoomDot({ room }: { readonly room: string }) {
  return <span className={panel.dot} style={{ background: roomColour(room) }} title={room} aria-hidden />;
}

/** A room with its colour in the charts. */
export function RoomName({ room }: { readonly room: string }) {
  return (
    <span className={panel.room}>
      <RoomDot room={room} />
      {room}
    </span>
  );
}
