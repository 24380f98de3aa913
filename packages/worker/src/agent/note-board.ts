import type { Connection, ConnectionEvents } from '../connection.ts';

/** What an agent tells whoever watches it, over its local socket: a line for people. */
interface Note {
  readonly type: 'note';
  readonly text: string;
}

/** Tells every watcher what is going on, and a new one what was told last. */
export class NoteBoard {
  readonly #watchers = new Set<Connection>();
  #last: string | undefined;

  say(text: string): void {
    this.#last = text;
    for (const watcher of this.#watchers) this.#tell(watcher, text);
  }

  accept(watcher: Connection): ConnectionEvents {
    this.#watchers.add(watcher);
    if (this.#last !== undefined) this.#tell(watcher, this.#last);
    return {
      onMessage: () => undefined,
      onDrain: () => undefined,
      onClose: () => this.#watchers.delete(watcher),
    };
  }

  #tell(watcher: Connection, text: string): void {
    watcher.send(JSON.stringify({ type: 'note', text } satisfies Note));
  }
}

/** The text of a note, or undefined where the line is none. */
export function readNote(line: string | Uint8Array): string | undefined {
  if (typeof line !== 'string') return undefined;
  try {
    const value = JSON.parse(line) as Partial<Note> | null;
    return value?.type === 'note' && typeof value.text === 'string' ? value.text : undefined;
  } catch {
    return undefined;
  }
}
