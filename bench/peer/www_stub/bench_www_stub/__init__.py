"""The least plugin called "base": Debian does not package Buildbot's pages, and the REST API asks for one."""
from buildbot.www.plugin import Application

ep = Application(__name__, "REST only", ui=False)
