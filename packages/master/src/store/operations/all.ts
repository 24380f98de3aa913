import * as addChangeOnce from './add-change-once.ts';
import * as branchHeads from './branch-heads.ts';
import * as builds from './builds.ts';
import * as addClaimed from './add-claimed.ts';
import * as applyTogether from './apply-together.ts';
import * as buildsets from './buildsets.ts';
import * as changes from './changes.ts';
import * as claim from './claim.ts';
import * as departedWorkers from './departed-workers.ts';
import * as dispatch from './dispatch.ts';
import * as freeSlotsOf from './free-slots-of.ts';
import * as events from './events.ts';
import * as generations from './generations.ts';
import * as hookDeliveries from './hook-deliveries.ts';
import * as expireCommon from './expire-common.ts';
import * as expireLogs from './expire-logs.ts';
import * as journal from './journal.ts';
import * as keptAnswers from './kept-answers.ts';
import * as leases from './leases.ts';
import * as listBuilds from './list-builds.ts';
import * as listProperties from './list-properties.ts';
import * as load from './load.ts';
import * as logOwner from './log-owner.ts';
import * as lookAhead from './look-ahead.ts';
import * as masters from './masters.ts';
import * as mergeLogs from './merge-logs.ts';
import * as readBuilders from './read-builders.ts';
import * as readBuilds from './read-builds.ts';
import * as readBuildsets from './read-buildsets.ts';
import * as readChanges from './read-changes.ts';
import * as readIdempotency from './read-idempotency.ts';
import * as readLogs from './read-logs.ts';
import * as readMetrics from './read-metrics.ts';
import * as readPlan from './read-plan.ts';
import * as readRequests from './read-requests.ts';
import * as readSteps from './read-steps.ts';
import * as readWorkers from './read-workers.ts';
import * as reloadFacts from './reload-facts.ts';
import * as repositories from './repositories.ts';
import * as requestPriority from './request-priority.ts';
import * as removeBuilds from './remove-builds.ts';
import * as requests from './requests.ts';
import * as schedulerHolds from './scheduler-holds.ts';
import * as retentionCandidates from './retention-candidates.ts';
import * as retentionPreview from './retention-preview.ts';
import * as schedulers from './schedulers.ts';
import * as silence from './silence.ts';
import * as stalls from './stalls.ts';
import * as waiting from './waiting.ts';
import * as workerHolds from './worker-holds.ts';
import * as workers from './workers.ts';

/** Every file that has operations: the store's thread finds them by their names in here. */
export const modules: readonly Readonly<Record<string, unknown>>[] = [
  addChangeOnce,
  branchHeads,
  builds,
  addClaimed,
  applyTogether,
  buildsets,
  changes,
  claim,
  departedWorkers,
  dispatch,
  freeSlotsOf,
  events,
  generations,
  expireCommon,
  expireLogs,
  hookDeliveries,
  journal,
  keptAnswers,
  leases,
  listBuilds,
  listProperties,
  load,
  logOwner,
  lookAhead,
  masters,
  mergeLogs,
  readBuilders,
  readBuilds,
  readBuildsets,
  readChanges,
  readIdempotency,
  readLogs,
  readMetrics,
  readPlan,
  readRequests,
  readSteps,
  readWorkers,
  reloadFacts,
  repositories,
  requestPriority,
  removeBuilds,
  requests,
  schedulerHolds,
  retentionCandidates,
  retentionPreview,
  schedulers,
  silence,
  stalls,
  waiting,
  workerHolds,
  workers,
];
