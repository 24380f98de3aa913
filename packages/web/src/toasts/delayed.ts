import { clock } from '../time/clock.ts';
import { toasts } from './toasts.ts';

/** Within this an act can be taken back; nothing was asked before it. */
const undoMs = 5_000;

interface Pending {
  readonly toast: number;
  readonly takeBack: () => void;
  readonly carryOut: (leaving: boolean) => void;
}

const pending = new Map<string, Pending>();

/**
 * Does `act` after five seconds in which it can be taken back; the same `key` again takes it back too. A page
 * that is closed meanwhile does it at once: whoever pressed meant it.
 */
export function actUnlessTakenBack(
  key: string,
  text: string,
  act: (leaving: boolean) => Promise<void>,
): void {
  const before = pending.get(key);
  if (before !== undefined) {
    before.takeBack();
    return;
  }
  const carryOut = (leaving: boolean): void => {
    stop();
    pending.delete(key);
    toasts.remove(toast);
    void act(leaving).catch((error: unknown) => {
      toasts.show({ text: error instanceof Error ? error.message : String(error), bad: true });
    });
  };
  const stop = clock.after(undoMs, () => carryOut(false));
  const takeBack = (): void => {
    stop();
    pending.delete(key);
    toasts.remove(toast);
  };
  const toast = toasts.show({ text, undo: takeBack, undoMs }, undoMs + 500);
  pending.set(key, { toast, takeBack, carryOut });
}

/** The newest that still can be. */
export function takeBackLast(): void {
  [...pending.values()].at(-1)?.takeBack();
}

window.addEventListener('pagehide', () => {
  for (const { carryOut } of pending.values()) carryOut(true);
});
