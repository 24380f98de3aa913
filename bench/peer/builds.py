"""Builds of `true` through 16 workers of one slot, all queued before the first worker comes."""
import time

from buildbot_fleet import Fleet, arguments, cpu_seconds, report

workers = 16
given = arguments("builds=500", "steps=1")
with Fleet(given.folder, workers=workers, builders=16, steps=given.steps) as fleet:
    fleet.ask("add %d" % given.builds)
    fleet.start_workers(workers, 2, wait=False)
    while fleet.ask("stat")["started"] == 0:
        time.sleep(0.02)
    cpu, start = cpu_seconds(fleet.pid), time.time()
    fleet.until_done(given.builds)
    seconds, used = time.time() - start, cpu_seconds(fleet.pid) - cpu
work = given.builds * given.steps
row = "builds-1-step" if given.steps == 1 else "builds-%d-steps" % given.steps
report(**{row: work / seconds, row + "-cpu": used / work})
