"""16 builds that print 1,000 lines a second each, and nobody watches: CPU of the master."""
import time

from buildbot_fleet import Fleet, arguments, cpu_seconds, report

builds = 16
given = arguments("seconds=20", "emitter=", "node=")
command = [given.node, given.emitter, "1000", str(given.seconds + 20)]
with Fleet(given.folder, workers=builds, builders=builds, command=command, worker_each=True) as fleet:
    fleet.start_workers(builds, 2)
    fleet.ask("add %d" % builds)
    while fleet.ask("stat")["started"] < builds:
        time.sleep(0.05)
    time.sleep(4)
    cpu, start = cpu_seconds(fleet.pid), time.time()
    time.sleep(given.seconds)
    share = (cpu_seconds(fleet.pid) - cpu) / (time.time() - start) * 100
report(emitters_unwatched=share)
