"""A Buildbot master with its workers, for one measurement; everything lies in the folder of the run."""
import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

here = os.path.dirname(os.path.abspath(__file__))
python = "/usr/bin/python3"
ticks = os.sysconf("SC_CLK_TCK")
done_within = 280


def arguments(*more):
    """--folder, and those that are named, each `name=default` (a number where its default is one) or a bare flag."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    for one in more:
        name, given, default = one.partition("=")
        if not given:
            parser.add_argument("--" + name, action="store_true")
        else:
            parser.add_argument("--" + name, default=default, type=int if default.isdigit() else str)
    return parser.parse_args()


def report(**figures):
    """The last line that is printed: figures by the rows' names, `_` for each `-`."""
    print(json.dumps({name.replace("_", "-"): value for name, value in figures.items()}), flush=True)


def percentile(values, percent):
    """As ours is: between two values, as far between them as the percentile lies."""
    values = sorted(values)
    place = (len(values) - 1) * percent / 100
    below = int(place)
    above = min(len(values) - 1, below + 1)
    return values[below] + (values[above] - values[below]) * (place - below)


def cpu_seconds(pid):
    """Of the process and its threads, without its children."""
    fields = open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / ticks


def memory_mib(pid):
    for line in open("/proc/%d/status" % pid):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class Fleet:
    def __init__(self, folder, workers=1, builders=1, steps=1, command=("true",), worker_each=False, name="buildbot"):
        self.folder = os.path.join(folder, name)
        self.pb_port, self.http_port, self.control_port = free_ports(3)
        self.given = {
            "workers": workers,
            "builders": builders,
            "steps": steps,
            "command": list(command),
            "worker_each": worker_each,
            "pb_port": self.pb_port,
            "http_port": self.http_port,
            "control_port": self.control_port,
        }
        self.processes = []
        self.master = None
        if not os.path.exists(self.folder):
            subprocess.run(["buildbot", "create-master", self.folder], check=True, stdout=subprocess.DEVNULL)
        shutil.copy(os.path.join(here, "master.cfg"), self.folder)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Ready when it answers at its REST API; the seconds until then are `ready_seconds`."""
        env = dict(os.environ, BENCH_CONFIG=json.dumps(self.given), PYTHONPATH=os.path.join(here, "www_stub"))
        start = time.time()
        self.master = subprocess.Popen(
            ["/usr/bin/twistd3", "-n", "--no_save", "-y", "buildbot.tac", "--pidfile=twistd.pid"],
            cwd=self.folder, env=env, stdout=open(self.folder + "/out.log", "a"), stderr=subprocess.STDOUT,
        )
        self.pid = self.master.pid
        while True:
            if self.master.poll() is not None:
                sys.exit("the master ended:\n" + open(self.folder + "/out.log").read()[-4000:])
            try:
                self.get("builders")
                break
            except OSError:
                time.sleep(0.005)
        self.ready_seconds = time.time() - start
        self.control = socket.create_connection(("127.0.0.1", self.control_port)).makefile("rw")
        return self

    def start_workers(self, count, processes=1, stagger=0, wait=True):
        each = -(-count // processes)
        for first in range(0, count, each):
            own = os.path.join(self.folder, "workers")
            args = [own, str(first), str(min(each, count - first)), str(self.pb_port), str(stagger)]
            self.processes.append(
                subprocess.Popen([python, here + "/workers.py", *args], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            )
        if wait:
            self.until_connected(count)

    def until_connected(self, count, within=180):
        end = time.time() + within
        while self.ask("connected") < count:
            if time.time() > end:
                sys.exit("%d of %d workers came within %d s" % (self.ask("connected"), count, within))
            time.sleep(0.02)

    def ask(self, line):
        self.control.write(line + "\n")
        self.control.flush()
        answer = json.loads(self.control.readline())
        if isinstance(answer, dict) and "error" in answer:
            sys.exit(answer["error"])
        return answer

    def until_done(self, count):
        end = time.time() + done_within
        while self.ask("stat")["done"] < count:
            if time.time() > end:
                sys.exit("not done within %d s: %s" % (done_within, self.ask("stat")))
            time.sleep(0.02)

    def get(self, route, raw=False):
        with urllib.request.urlopen("http://127.0.0.1:%d/api/v2/%s" % (self.http_port, route), timeout=120) as answer:
            body = answer.read()
        return body if raw else json.loads(body)

    def force(self):
        params = {"builderid": 1, "username": "", "reason": "", "project": "", "branch": "", "repository": "", "revision": ""}
        body = json.dumps({"id": 1, "jsonrpc": "2.0", "method": "force", "params": params}).encode()
        url = "http://127.0.0.1:%d/api/v2/forceschedulers/force" % self.http_port
        headers = {"Content-Type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(url, data=body, headers=headers)).read()

    def stop(self):
        for one in self.processes:
            one.kill()
        if self.master is not None:
            self.master.terminate()
            try:
                self.master.wait(15)
            except subprocess.TimeoutExpired:
                self.master.kill()
                self.master.wait()
        for one in self.processes:
            one.wait()
