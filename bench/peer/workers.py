"""Real Buildbot workers, several in one process: workers.py FOLDER FIRST COUNT PORT STAGGER_SECONDS"""
import os
import sys

from buildbot_worker.bot import Worker
from twisted.internet import reactor
from twisted.python import log

folder, first, count, port, stagger = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
os.makedirs(folder, exist_ok=True)
log.startLogging(open(os.path.join(folder, "workers-%d.log" % first), "a"), setStdout=False)
for index in range(first, first + count):
    name = "w%04d" % index
    own = os.path.join(folder, name)
    os.makedirs(os.path.join(own, "info"), exist_ok=True)
    made = Worker("127.0.0.1", port, name, "pass", own, 600, maxdelay=10)
    reactor.callLater((index - first) * stagger, made.startService)
reactor.run()
