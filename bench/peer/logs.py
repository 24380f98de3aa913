"""Log ingestion: builds that print a file each, all at once; from the command's start until all are done."""
import os
import time

from buildbot_fleet import Fleet, arguments, cpu_seconds, report

given = arguments("file=", "builds=1", "row=log-64mb")
stamp = os.path.join(given.folder, "start")
command = ["/bin/sh", "-c", "date +%%s%%N >> '%s'; exec cat '%s'" % (stamp, given.file)]
with Fleet(given.folder, workers=given.builds, builders=given.builds, command=command, worker_each=True) as fleet:
    fleet.start_workers(given.builds, min(given.builds, 4))
    time.sleep(1)
    cpu = cpu_seconds(fleet.pid)
    fleet.ask("add %d" % given.builds)
    fleet.until_done(given.builds)
    seconds = time.time() - min(int(line) for line in open(stamp)) / 1e9
    used = cpu_seconds(fleet.pid) - cpu
    stored = len(fleet.get("builds/1/steps/1/logs/stdio/raw", raw=True))
    size = os.path.getsize(given.file)
    # It adds header lines of its own.
    assert stored >= size, "%d bytes are stored of %d" % (stored, size)
megabytes = size / 1e6 * given.builds
report(**{given.row: megabytes / seconds, given.row + "-cpu": used / megabytes})
