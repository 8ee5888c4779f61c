"""A stand-in for a CVAT server: stateful, over real HTTP on loopback, for the real cvat-sdk to speak to.

    from autoretrain_tests.cvat.fixtures import cvat_server   # in a conftest: a server for each test

    def test_it(cvat_server):
        cvat_server.url, cvat_server.token                    # the admin's; also admin / admin-password
        cvat_server.token_of("ann")                           # annotators: ann, bob (password NAME-password)
        cvat_server.add_organization("works", bob="maintainer")
        cvat_server.faults.add("POST /api/tasks$", "cut after")        # once; times=2, skip=1, seconds=.5
        cvat_server.log.count("POST /api/tasks$")             # how often it was asked; log.clear() to begin anew
        Person(cvat_server).finish(task_id, {"a.jpg": [("car", 1, 2, 30, 40)]})
        cvat_server.sender.settle()                           # webhooks are told; sender.losing = True drops them
        cvat_server.stop(), cvat_server.start()               # away, and back on the same port with all it knew

Kinds of faults: `faults.Kind`. The state itself is `server.world`: hold `world.lock` to read or change it.
What runs in the background is done at the first question, unless `world.unfinished` says how it looks before:
give the SDK `Config(status_check_period=.01)`. `StandIn(clock)` takes a clock of the test's own.
Held against a real server's answers in `recorded`; where it differs on purpose stands in `recorded.deviations`.
"""
