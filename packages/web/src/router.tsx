import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { BuildPage } from './pages/build/build-page.tsx';
import { BuilderPage } from './pages/builder/builder-page.tsx';
import { BuildsPage } from './pages/builds/builds-page.tsx';
import { MasterPage } from './pages/masters/master-page.tsx';
import { MastersPage } from './pages/masters/masters-page.tsx';
import { NotFound } from './pages/not-found.tsx';
import { QueuePage } from './pages/queue/queue-page.tsx';
import { WorkersPage } from './pages/workers/workers-page.tsx';
import { Shell } from './shell/shell.tsx';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

/** Drops what is not there, so that the address has only what it says. */
function present<Search extends Record<string, string | undefined>>(
  search: Search,
): { [Key in keyof Search]?: string } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Search]?: string;
  };
}

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

export const buildsRoute = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: BuildsPage,
  validateSearch: (search: Record<string, unknown>) =>
    present({ builder: text(search['builder']), branch: text(search['branch']), show: text(search['show']) }),
});
export const builderRoute = createRoute({
  getParentRoute: () => root,
  path: '/builders/$name',
  component: BuilderPage,
  validateSearch: (search: Record<string, unknown>) => present({ branch: text(search['branch']) }),
});
export const buildRoute = createRoute({
  getParentRoute: () => root,
  path: '/builds/$id',
  component: BuildPage,
  validateSearch: (search: Record<string, unknown>) =>
    present({ step: text(search['step']), log: text(search['log']) }),
});
const queueRoute = createRoute({ getParentRoute: () => root, path: '/queue', component: QueuePage });
const workersRoute = createRoute({ getParentRoute: () => root, path: '/workers', component: WorkersPage });
const mastersRoute = createRoute({ getParentRoute: () => root, path: '/masters', component: MastersPage });
const masterRoute = createRoute({
  getParentRoute: () => root,
  path: '/masters/$name',
  component: MasterPage,
  validateSearch: (search: Record<string, unknown>) =>
    present({ span: text(search['span']), to: text(search['to']), split: text(search['split']) }),
});

export const router = createRouter({
  routeTree: root.addChildren([
    buildsRoute,
    builderRoute,
    buildRoute,
    queueRoute,
    workersRoute,
    mastersRoute,
    masterRoute,
  ]),
  defaultPreload: false,
  scrollRestoration: true,
  // The address bar holds plain words: ?branch=main, not JSON.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const words = new URLSearchParams();
    for (const [name, value] of Object.entries(search)) if (typeof value === 'string') words.set(name, value);
    const joined = words.toString();
    return joined === '' ? '' : `?${joined}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
