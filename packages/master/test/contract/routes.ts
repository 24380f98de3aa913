import { ContractScene } from './contract-scene.ts';
import type { RouteCall } from './contract-scene.ts';

interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly schema: {
    readonly type?: string;
    readonly enum?: readonly string[];
    readonly 'x-words'?: readonly string[];
  };
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly security?: readonly { readonly token?: readonly string[] }[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

/** A route as the description tells of it. */
export interface Route {
  /** `POST /api/v1/workers/{name}/pause` */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly operation: Operation;
  readonly query: readonly Parameter[];
  /** The statuses that it promises by number. */
  readonly statuses: readonly number[];
}

/** The description of the API, and every route of it. */
export async function describedRoutes(): Promise<{ document: object; routes: readonly Route[] }> {
  await using scene = new ContractScene();
  const document: { paths: Record<string, Record<string, Operation>> } = (await scene.get('/openapi.json'))
    .body;
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([word, operation]) => {
      const method = word.toUpperCase() as Route['method'];
      const query = (operation.parameters ?? []).filter((one) => one.in === 'query');
      const statuses = Object.keys(operation.responses)
        .filter((status) => /^\d+$/u.test(status))
        .map(Number);
      return { name: `${method} ${path}`, method, path, operation, query, statuses };
    }),
  );
  return { document, routes };
}

/** The address that a call goes to, from the root. */
export function urlOf(route: Route, call: RouteCall, query = call.query): string {
  const path = route.path.replaceAll(/\{(\w+)\}/gu, (_whole, name: string) =>
    encodeURIComponent(call.path?.[name] ?? 1),
  );
  return `/${path}${query === undefined || query === '' ? '' : `?${query}`}`;
}
