import { createContext, useContext } from 'react';
import type { LiveEvents } from './live-events.ts';

export const LiveContext = createContext<LiveEvents | undefined>(undefined);

export function useLive(): LiveEvents {
  const live = useContext(LiveContext);
  if (live === undefined) throw new Error('there is no LiveContext above');
  return live;
}
