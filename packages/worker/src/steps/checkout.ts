import type { PlannedCheckout } from '@millrace/protocol/plan';
import { stoppedOutcome } from './step.ts';
import type { RunStep } from './step.ts';
export const runCheckout: RunStep<PlannedCheckout> = async () => stoppedOutcome;
