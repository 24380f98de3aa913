/** What Mozilla's fleet did in 2010, by the hour. */
const mozilla = {
  workers: 80,
  builders: 150,
  jobsPerHour: 130,
  stepsPerHour: 4_773,
  logBitsPerSecond: 10_000_000,
} as const;

const workersMax = 2_000;
/** The logs grow no further than so many times: 200 Mbit/s. */
const logTimesMax = 20;
/** How long a job takes here: it occupies its worker so long, whatever it did then. */
const jobSeconds = 20;

/** "Mozilla 2010 times N": every figure of the load, as it is told beside the result. */
export interface FleetLoad {
  readonly times: number;
  readonly workers: number;
  readonly builders: number;
  readonly jobsPerSecond: number;
  readonly stepsPerJob: number;
  readonly stepMs: number;
  readonly logBytesPerSecond: number;
  readonly logBytesPerStep: number;
}

/** Jobs and steps grow with N, the workers to at most 2,000, the logs to at most 20 times. */
export function mozillaTimes(times: number): FleetLoad {
  const stepsPerJob = Math.round(mozilla.stepsPerHour / mozilla.jobsPerHour);
  const jobsPerSecond = (mozilla.jobsPerHour * times) / 3600;
  const logBytesPerSecond = (mozilla.logBitsPerSecond / 8) * Math.min(times, logTimesMax);
  return {
    times,
    workers: Math.min(mozilla.workers * times, workersMax),
    builders: mozilla.builders,
    jobsPerSecond,
    stepsPerJob,
    stepMs: (jobSeconds * 1000) / stepsPerJob,
    logBytesPerSecond,
    logBytesPerStep: Math.round(logBytesPerSecond / (jobsPerSecond * stepsPerJob)),
  };
}

/** In words. */
export function tellLoad(load: FleetLoad): string {
  return [
    `Mozilla 2010 x ${load.times}:`,
    `${load.workers} workers of one slot, ${load.builders} builders,`,
    `${Math.round(load.jobsPerSecond * 3600)} jobs and ${Math.round(load.jobsPerSecond * load.stepsPerJob * 3600)} steps an hour,`,
    `${load.stepsPerJob} steps of ${Math.round(load.stepMs)} ms a job,`,
    `${(load.logBytesPerSecond * 8) / 1e6} Mbit/s of logs (${load.logBytesPerStep} bytes a step)`,
  ].join(' ');
}
