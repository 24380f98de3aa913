import { unreachable } from '@millrace/kernel/assert';
import type { ProcessEnd } from '../platform.ts';

/*
 * The life of one command, from its start until nothing of it is left.
 *
 * It is `running` until its own process exits. Its output may then still be held by a grandchild: that is
 * given a while (`draining`), for what it has to say may belong to the step. Whatever lives after that, or
 * when somebody stops the command, is told to end (`ending`: SIGTERM) and, after a grace time, killed
 * (`killing`: SIGKILL). When no process is left the last output is read (`settling`), which takes no longer
 * than a moment, since nobody is there to write more. Then it is `done`.
 *
 *   running --exit--> draining --output ends, or time--> (is anything left?) --no--> settling --> done
 *      |                 |                                      | yes             ^
 *      +------stop-------+----------------------------------> ending --time--> killing
 *
 * A process that even SIGKILL does not end (it hangs in the kernel) is given up after a while.
 */
export type CommandState =
  | { readonly phase: 'running'; readonly outputEnded: boolean }
  | { readonly phase: 'draining'; readonly end: ProcessEnd }
  /** What is left of a command that ended by itself is being looked for. */
  | ({ readonly phase: 'sweeping' } & Seen)
  | ({ readonly phase: 'ending' } & Seen)
  | ({ readonly phase: 'killing' } & Seen)
  | ({ readonly phase: 'settling' } & Seen)
  | { readonly phase: 'done'; readonly end: ProcessEnd | undefined };

/** What has been told of a command whose processes are being ended. */
interface Seen {
  readonly end: ProcessEnd | undefined;
  readonly outputEnded: boolean;
}

export type CommandInput =
  | { readonly type: 'exit'; readonly end: ProcessEnd }
  | { readonly type: 'output-end' }
  | { readonly type: 'stop' }
  /** The answer to `look`. */
  | { readonly type: 'looked'; readonly alive: boolean }
  /** The time that `wait` asked for is over. */
  | { readonly type: 'time' };

export type CommandEffect =
  /** Is any process of the tree alive? */
  | { readonly do: 'look' }
  /** The same, in a moment. */
  | { readonly do: 'look-later' }
  | { readonly do: 'signal'; readonly signal: 'SIGTERM' | 'SIGKILL' }
  /** At most one wait runs; a new one takes the place of the old. `drain` stands still while output is paused. */
  | { readonly do: 'wait'; readonly for: 'drain' | 'grace' | 'leftover-grace' | 'give-up' }
  /** Read what the FIFO still holds, although output was paused: it is bounded now. */
  | { readonly do: 'read-rest' }
  | { readonly do: 'abandon-output' }
  | { readonly do: 'tell-done' };

export interface CommandStep {
  readonly state: CommandState;
  readonly effects: readonly CommandEffect[];
}

export const commandStarted: CommandState = { phase: 'running', outputEnded: false };

export function onCommandInput(state: CommandState, input: CommandInput): CommandStep {
  switch (state.phase) {
    case 'running':
      return whileRunning(state, input);
    case 'draining':
      return whileDraining(state, input);
    case 'sweeping':
    case 'ending':
    case 'killing':
      return whileLeaving(state, input);
    case 'settling':
      return whileSettling(state, input);
    case 'done':
      return { state, effects: [] };
    default:
      return unreachable(state);
  }
}

function whileRunning(state: Extract<CommandState, { phase: 'running' }>, input: CommandInput): CommandStep {
  switch (input.type) {
    case 'exit':
      if (state.outputEnded) return sweep({ end: input.end, outputEnded: true });
      return {
        state: { phase: 'draining', end: input.end },
        effects: [{ do: 'wait', for: 'drain' }],
      };
    case 'output-end':
      return { state: { phase: 'running', outputEnded: true }, effects: [] };
    case 'stop':
      return endTree({ end: undefined, outputEnded: state.outputEnded }, 'grace');
    case 'looked':
    case 'time':
      return { state, effects: [] };
    default:
      return unreachable(input);
  }
}

function whileDraining(
  state: Extract<CommandState, { phase: 'draining' }>,
  input: CommandInput,
): CommandStep {
  switch (input.type) {
    case 'output-end':
      return sweep({ end: state.end, outputEnded: true });
    case 'time':
      return sweep({ end: state.end, outputEnded: false });
    case 'stop':
      return endTree({ end: state.end, outputEnded: false }, 'grace');
    case 'exit':
    case 'looked':
      return { state, effects: [] };
    default:
      return unreachable(input);
  }
}

function whileLeaving(
  state: Extract<CommandState, { phase: 'sweeping' | 'ending' | 'killing' }>,
  input: CommandInput,
): CommandStep {
  switch (input.type) {
    case 'exit':
      return { state: { ...state, end: input.end }, effects: [] };
    case 'output-end':
      return { state: { ...state, outputEnded: true }, effects: [] };
    case 'stop':
      return state.phase === 'sweeping' ? endTree(state, 'grace') : { state, effects: [] };
    case 'looked':
      if (!input.alive) return settle(state);
      if (state.phase === 'sweeping') return endTree(state, 'leftover-grace');
      // Again and again: a process that left the group may have forked between the look and the signal.
      return {
        state,
        effects:
          state.phase === 'killing'
            ? [{ do: 'signal', signal: 'SIGKILL' }, { do: 'look-later' }]
            : [{ do: 'look-later' }],
      };
    case 'time':
      if (state.phase === 'killing') return finish(state.end, !state.outputEnded);
      return {
        state: { ...state, phase: 'killing' },
        effects: [{ do: 'signal', signal: 'SIGKILL' }, { do: 'wait', for: 'give-up' }, { do: 'look-later' }],
      };
    default:
      return unreachable(input);
  }
}

function whileSettling(
  state: Extract<CommandState, { phase: 'settling' }>,
  input: CommandInput,
): CommandStep {
  switch (input.type) {
    case 'exit':
      return state.outputEnded
        ? finish(input.end, false)
        : { state: { ...state, end: input.end }, effects: [] };
    case 'output-end':
      return state.end === undefined
        ? { state: { ...state, outputEnded: true }, effects: [] }
        : finish(state.end, false);
    case 'time':
      return finish(state.end, !state.outputEnded);
    case 'stop':
    case 'looked':
      return { state, effects: [] };
    default:
      return unreachable(input);
  }
}

function sweep(seen: Seen): CommandStep {
  return { state: { phase: 'sweeping', ...seen }, effects: [{ do: 'look' }] };
}

function endTree(seen: Seen, grace: 'grace' | 'leftover-grace'): CommandStep {
  const { end, outputEnded } = seen;
  return {
    state: { phase: 'ending', end, outputEnded },
    effects: [{ do: 'signal', signal: 'SIGTERM' }, { do: 'wait', for: grace }, { do: 'look-later' }],
  };
}

/** No process is left. What has not been told yet is on its way. */
function settle({ end, outputEnded }: Seen): CommandStep {
  if (end !== undefined && outputEnded) return finish(end, false);
  return {
    state: { phase: 'settling', end, outputEnded },
    effects: [{ do: 'read-rest' }, { do: 'wait', for: 'drain' }],
  };
}

function finish(end: ProcessEnd | undefined, abandon: boolean): CommandStep {
  const done: CommandEffect = { do: 'tell-done' };
  return {
    state: { phase: 'done', end },
    effects: abandon ? [{ do: 'abandon-output' }, done] : [done],
  };
}
