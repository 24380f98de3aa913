import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/call.ts';
import { EffectApplier } from './live/apply-effects.ts';
import { effectsOf } from './live/event-effects.ts';
import { LiveContext } from './live/live-context.ts';
import { LiveEvents } from './live/live-events.ts';
import { router } from './router.tsx';
import './styles/variables.css';
import './styles/base.css';

/** What is held stays true by events, so nothing goes stale by time; what was refused is not asked again. */
const held = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Infinity,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
      retry: (failures, error) =>
        (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) && failures < 5,
    },
    mutations: { networkMode: 'always' },
  },
});
const applier = new EffectApplier(held);
const live = new LiveEvents({
  onEvent: (event) => applier.apply(effectsOf(event)),
  onAnew: () => void held.invalidateQueries(),
});
void live.run(new AbortController().signal);

const root = document.querySelector('#root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={held}>
        <LiveContext value={live}>
          <RouterProvider router={router} />
        </LiveContext>
      </QueryClientProvider>
    </StrictMode>,
  );
}
