import { listMasters } from '../store/operations/read-workers.ts';
import type { Store } from '../store/store.ts';
import { ApiProblem } from './api-problem.ts';
import { unknownName } from './unknown-name.ts';

/** @throws ApiProblem 404 where neither this master nor any other of the store has that name */
export async function mustKnowMaster(store: Store, here: string, name: string): Promise<void> {
  const known = (await store.do(listMasters, undefined)).map((one) => one.name);
  if (name !== here && !known.includes(name)) throw unknownName(404, 'master', name, [here, ...known]);
}

/**
 * What only a master itself can do. `act`: "read its config again".
 * @throws ApiProblem `other-master`
 */
export function mustBeHere(here: string, name: string, act: string): void {
  if (name === here) return;
  throw new ApiProblem(
    409,
    'other-master',
    `This is the master "${here}": only "${name}" itself can ${act}. Ask it at its own address.`,
  );
}
