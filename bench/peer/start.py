"""From the start of a master's process until its REST API answers: empty, and with many builds."""
from buildbot_fleet import Fleet, arguments, report
from fill import fill

given = arguments("builds=100000")


def ready_ms(name, **sizes):
    with Fleet(given.folder, name=name, **sizes) as fleet:
        return fleet.ready_seconds * 1000


sizes = {"workers": 80, "builders": 150}
ready_ms("full", **sizes)
fill(given.folder + "/full", given.builds)
report(start_empty=ready_ms("empty"), start_100000=ready_ms("full", **sizes))
