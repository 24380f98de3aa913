"""fdatasync and fsync a 1-step build, counted by strace in the master."""
import os
import subprocess
import time

from buildbot_fleet import Fleet, arguments, report

given = arguments("builds=20")
trace = os.path.join(given.folder, "trace")
with Fleet(given.folder) as fleet:
    fleet.start_workers(1)
    time.sleep(1)
    strace = subprocess.Popen(
        ["strace", "-f", "-e", "trace=fsync,fdatasync", "-e", "signal=none", "-o", trace, "-p", str(fleet.pid)], stderr=subprocess.DEVNULL
    )
    time.sleep(1)
    fleet.ask("add %d" % given.builds)
    fleet.until_done(given.builds)
    time.sleep(1)
    strace.terminate()
    strace.wait()
calls = sum(1 for line in open(trace) if " fsync(" in line or " fdatasync(" in line)
report(fsyncs_50=calls / given.builds)
