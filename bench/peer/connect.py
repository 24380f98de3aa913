"""Workers that connect, one every 20 ms in each of two processes: all at once they do not all come in. Or memory."""
import time

from buildbot_fleet import Fleet, arguments, cpu_seconds, memory_mib, report

given = arguments("workers=1000", "memory")
with Fleet(given.folder, workers=given.workers) as fleet:
    time.sleep(5)
    alone = memory_mib(fleet.pid)
    cpu, start = cpu_seconds(fleet.pid), time.time()
    fleet.start_workers(given.workers, 2, stagger=0.02)
    seconds = time.time() - start
    # They are counted as connected before the master is done with them.
    while True:
        before = cpu_seconds(fleet.pid)
        time.sleep(1)
        if cpu_seconds(fleet.pid) - before < 0.05 or time.time() - start > 240:
            break
    used = cpu_seconds(fleet.pid) - cpu
    time.sleep(5)
    crowded = memory_mib(fleet.pid)
if given.memory:
    report(memory_idle=alone, memory_1000_workers=crowded)
else:
    report(connect_1000=seconds, connect_1000_cpu=used)
