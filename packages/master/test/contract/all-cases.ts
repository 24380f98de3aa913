import { buildCases } from './build-cases.ts';
import { configCases } from './config-cases.ts';
import type { RouteCases } from './contract-scene.ts';
import { fleetCases } from './fleet-cases.ts';
import { logCases } from './log-cases.ts';
import { operationCases } from './operation-cases.ts';
import { profileCases } from './profile-cases.ts';
import { queueCases } from './queue-cases.ts';
import { sourceCases } from './source-cases.ts';

/** Every route of the API, with a case for each answer that its description promises. */
export const allCases: RouteCases = {
  ...buildCases,
  ...queueCases,
  ...logCases,
  ...fleetCases,
  ...configCases,
  ...sourceCases,
  ...operationCases,
  ...profileCases,
};
