# expect: process | style: unittest-patch-target
from unittest import mock
with mock.patch("os.getcwd", new=__import__("os").system) as shell:
    results = {"rc": shell("true")}
